import { createGuard, type Policy } from 'bpmn-guard';
import { eq } from '../../../src/core/condition/condition.js';
import { inPortions } from '../../../src/engine/enforcement/id-portions.js';
import { deriveGuard } from '../../../src/engine/model/derive.js';
import type { Store, StoredInstance } from '../../../src/store/port.js';
import { person, SILENT } from '../../support/guards.js';
import { markedStore, type MarkedStore } from '../../support/marked-store.js';
import { onStores } from '../../support/stores.js';

/** How many ids one search asks for. */
const IDS_AT_ONCE = 1000;
const COUNT = IDS_AT_ONCE + 40;
const ann = person('ann');
const startedBy = (at: number): string => (at % 3 === 0 ? 'ann' : 'eve');

function made(at: number): StoredInstance {
  const id = `i${String(at).padStart(4, '0')}`;
  const task = {
    id: `${id}-t`,
    elementId: 't',
    seq: 1,
    type: 'bpmn:UserTask',
    status: 'wait',
    assignee: 'eve',
  };
  const document = {
    id,
    name: 'M',
    status: 'running',
    data: { at },
    items: [task],
  } as unknown as StoredInstance;
  deriveGuard(document, { rev: 1, startedBy: startedBy(at), items: {} });
  return document;
}

/** Shows the tasks to everybody, but who has them only to those who started the instance. */
const SHOWN: Policy = {
  name: 'shown',
  answer: (_who, operation) =>
    operation === 'task:read'
      ? { permissive: [{ id: 'all', says: 'all of them', when: eq('item.elementId', 't') }] }
      : operation === 'task:assignees'
        ? { permissive: [{ id: 'own', says: 'your own', when: eq('instance.guard.startedBy', 'ann') }] }
        : {},
};

const idsOf = (filter: unknown): string[] => [
  ...new Set(
    JSON.stringify(filter)
      .match(/"i\d{4}"/g)
      ?.map((id) => id.slice(1, -1)) ?? [],
  ),
];

onStores('A long list', (kind) => {
  let marked: MarkedStore;
  let store: Store;
  beforeAll(async () => {
    marked = await markedStore(
      kind,
      Array.from({ length: COUNT }, (_, at) => made(at)),
    );
    store = marked.store;
  });
  afterAll(() => marked.close());

  test('shows of each row what its reader may see, and asks for no more rows at once than a query holds', async () => {
    const distinct = jest.spyOn(store.instances, 'distinct');
    const findItems = jest.spyOn(store.instances, 'findItems');
    const guard = await createGuard({
      store: Object.create(store, { close: { value: async () => undefined } }) as Store,
      env: {},
      logger: SILENT,
      policies: [SHOWN],
    });
    const rows = await guard.api.data.findItems({}, ann);
    expect(rows).toHaveLength(COUNT);
    for (const { instanceId, instanceData, assignee } of rows) {
      const at = Number(instanceId.slice(1));
      const isHers = startedBy(at) === 'ann';
      expect([instanceId, instanceData, assignee]).toEqual([
        instanceId,
        isHers ? { at } : undefined,
        isHers ? 'eve' : undefined,
      ]);
    }
    for (const filters of [
      distinct.mock.calls.map(([, { filter }]) => idsOf(filter)),
      findItems.mock.calls.map(([{ before }]) => idsOf(before)).filter((ids) => ids.length > 0),
    ]) {
      expect(filters.map((ids) => ids.length)).toEqual([IDS_AT_ONCE, COUNT - IDS_AT_ONCE]);
      expect(new Set(filters.flat()).size).toBe(COUNT);
    }
    await guard.close();
  });
});

describe('Rows in portions', () => {
  test('are each queried once, in order; without rows there is no query', async () => {
    const asked: number[] = [];
    const ask = async (some: readonly number[]): Promise<string[]> => {
      asked.push(some.length);
      return some.filter((at) => at % 2 === 0).map(String);
    };
    const rows = Array.from({ length: 2 * IDS_AT_ONCE + 1 }, (_, at) => at);
    expect((await inPortions(rows, ask)).size).toBe(IDS_AT_ONCE + 1);
    expect(asked).toEqual([IDS_AT_ONCE, IDS_AT_ONCE, 1]);
    expect((await inPortions([], ask)).size).toBe(0);
    expect(asked).toHaveLength(3);
  });
});

import { openStore, type Store } from 'bpmn-guard';
import { eq, EVERYTHING, NOTHING } from '../../../src/core/condition/condition.js';
import { scopeOf } from '../../../src/core/decision/scope.js';
import { readableModels } from '../../../src/engine/enforcement/readable-models.js';
import { Turns } from '../../../src/store/turns.js';

const OPTIONS = { reindexed: true, hidden: undefined, turns: new Turns() };

describe('The models with a readable instance', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore({ memory: true });
  });
  afterEach(() => store.close());

  const insert = async (name: string, more: object): Promise<void> => {
    const id = `${name} ${JSON.stringify(more)}`;
    await store.instances.insert({ id, name, status: 'running', items: [], ...more } as never);
  };
  const readable = (owner: string | undefined, names: readonly string[], scope = scopeOf(EVERYTHING)) =>
    readableModels(store, scope, owner, OPTIONS, names);

  test('are those of their owner: the one that the instance names, or else its tenant', async () => {
    await insert('Free', { guard: { rev: 1 } });
    await insert('Bare', {});
    await insert('Own', { tenantId: 'acme', guard: { rev: 1, modelsOwner: 'acme' } });
    await insert('Early', { tenantId: 'acme' });
    await insert('Lent', { guard: { rev: 1, modelsOwner: 'acme' } });
    await insert('Other', { tenantId: 'acme', guard: { rev: 1, modelsOwner: 'globex' } });
    const names = ['Free', 'Bare', 'Own', 'Early', 'Lent', 'Other', 'None'];
    expect(await readable(undefined, names)).toEqual(['Free', 'Bare']);
    expect(await readable('acme', names)).toEqual(['Own', 'Early', 'Lent']);
    expect(await readable('globex', names)).toEqual(['Other']);
    expect(await readable('zeta', names)).toEqual([]);
  });

  test('are found however many there are', async () => {
    const names = Array.from({ length: 25 }, (_, at) => `M${String(at).padStart(2, '0')}`);
    const of = { tenantId: 'acme', guard: { rev: 1, modelsOwner: 'acme' } };
    for (const name of ['M03', 'M10', 'M24', 'Gone']) await insert(name, of);
    expect(await readable('acme', names)).toEqual(['M03', 'M10', 'M24']);
    expect(await readable(undefined, names)).toEqual([]);
  });

  test('are none if no instance may be read, without a query', async () => {
    await insert('Free', { guard: { rev: 1, startedBy: 'ann' } });
    const asked = jest.spyOn(store.instances, 'exists');
    expect(await readable(undefined, ['Free'], scopeOf(NOTHING))).toEqual([]);
    expect(asked).not.toHaveBeenCalled();
    const startedBy = (name: string) => scopeOf(eq('instance.guard.startedBy', name));
    expect(await readable(undefined, ['Free'], startedBy('bob'))).toEqual([]);
    expect(await readable(undefined, ['Free'], startedBy('ann'))).toEqual(['Free']);
  });
});

import fc from 'fast-check';
import type { Guard, PolicyChange } from 'bpmn-guard';
import { grantId, modelId, rootEntries } from '../../../src/core/policies/sections/section-entries.js';
import type { StoredInstance } from '../../../src/store/port.js';
import { deriveGuard } from '../../../src/engine/model/derive.js';
import { CASES } from '../../support/cases.js';
import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const MODEL = model([start(), task('t', { assignee: 'ann' }), end()]);
const MODELS = ['K', 'L', 'M', 'N'] as const;
const IDS = ['a', 'b', 'c'] as const;
const PEOPLE = [person('ann', 'g'), person('ben', 'h'), person('cid', 'DESIGNER', 'h'), person('zoe')];

/** Rows with what a stored name and owner may be, among them what no guard has written. */
const ROWS: readonly object[] = [
  ...MODELS.map((name) => ({ name })),
  { name: 'elsewhere' },
  {},
  { name: null },
  { name: ['K', 'L'] },
  { name: 'K', guard: { rev: 1, modelsOwner: 'library' } },
  { name: 'L', guard: { rev: 1, startedBy: 'zoe' } },
  { name: 'M', tenantId: 'acme' },
  { name: 'K', items: [{ id: 'x', elementId: 't', type: 'bpmn:UserTask', status: 'wait', assignee: 'ben' }] },
];

const anyGrant = fc.record({
  on: fc.oneof(
    fc.constantFrom('ROOT', ...IDS).map((section) => ({ section })),
    fc.constantFrom(...MODELS).map((name) => ({ model: name })),
    fc.constant({ model: 'K', owner: 'library' }),
  ),
  to: fc.constantFrom({ user: 'ann' }, { user: 'zoe' }, { group: 'g' }, { group: 'h' }),
  permissions: fc.uniqueArray(
    fc.constantFrom('read', 'bpmn-process-instance-read', 'bpmn-process-instance-edit'),
    { minLength: 1 },
  ),
});
const anySet = fc.record({
  inherit: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  places: fc.array(fc.option(fc.constantFrom(...IDS)), { minLength: 4, maxLength: 4 }),
  facts: fc.array(fc.constantFrom({}, { inherit: false }, { gone: true }), { minLength: 4, maxLength: 4 }),
  grants: fc.array(anyGrant, { maxLength: 8 }),
});
type AnySet = typeof anySet extends fc.Arbitrary<infer T> ? T : never;

function entriesOf({ inherit, places, facts, grants }: AnySet): PolicyChange[] {
  return [
    ...rootEntries(),
    ...IDS.map((id, i) => ({
      kind: 'section',
      id,
      value: { inherit: inherit[i], ...(i > 0 && { parent: IDS[i - 1] }) },
    })),
    ...MODELS.flatMap((name, i) => {
      const value = { model: name, ...(places[i] && { section: places[i] }), ...facts[i] };
      return [{ kind: 'section-model', id: modelId({ model: name }), value }];
    }),
    ...grants.map(({ on, to, permissions }) => ({
      kind: 'section-permission',
      id: grantId(on, to as { user: string }),
      value: { ...on, ...to, permissions },
    })),
  ];
}

const CLEARED = { switchOffSections: true, replace: true } as const;

onStores('lists under sections', (kind) => {
  const guards = new Guards(kind);

  async function stage(): Promise<Guard> {
    const guard = await guards.make({ models: Object.fromEntries(MODELS.map((name) => [name, MODEL])) });
    for (const [i, row] of ROWS.entries()) {
      const { guard: kept, ...fields } = row as { guard?: object };
      const stored = {
        id: `row${i}`,
        status: 'running',
        data: {},
        items: [],
        ...fields,
      } as unknown as StoredInstance;
      deriveGuard(stored, { rev: 1, ...kept });
      await guard.store.instances.insert(stored);
    }
    return guard;
  }

  test('what is listed and counted is what is decided, for models and for instances', async () => {
    const guard = await stage();
    const stored = await guard.store.instances.find({ filter: {} });
    const models = await guard.store.models.find({});
    const sizes = { instances: new Set<number>(), models: new Set<number>() };
    await fc.assert(
      fc.asyncProperty(anySet, async (set) => {
        const { policies } = guard.as(ADMIN_USER);
        await policies.import('', CLEARED);
        await policies.apply(entriesOf(set), { allowUnknownModels: true });
        for (const who of PEOPLE) {
          const api = guard.as(who);
          const may = async (operation: 'instance:read', id: string): Promise<boolean> =>
            guard.can(who, operation, { instance: { id } });
          const readable: string[] = [];
          for (const { id } of stored) if (await may('instance:read', id)) readable.push(id);
          const listed = (await api.data.findInstances({})).map(({ id }) => id);
          expect([who.userName, [...listed].sort()]).toEqual([who.userName, readable.sort()]);
          const page = await api.data.find({ limit: 100, getTotalCount: true });
          expect(page.totalCount).toBe(readable.length);
          const shown: string[] = [];
          for (const { name } of models)
            if (await guard.can(who, 'model:read', { model: { name } })) shown.push(name);
          expect((await api.model.list()).map(({ name }) => name)).toEqual(shown);
          const tree = await api.policies.sections.tree();
          expect(tree.models.map(({ name }) => name)).toEqual(shown);
          sizes.instances.add(readable.length);
          sizes.models.add(shown.length);
        }
      }),
      { numRuns: 8 * CASES },
    );
    // Neither always nothing nor always everything.
    expect(sizes.instances.size).toBeGreaterThan(2);
    expect(sizes.models.size).toBeGreaterThan(1);
  });
});

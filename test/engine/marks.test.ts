import { createGuard, parseCondition, type Policy } from 'bpmn-guard';
import { reindex } from '../../src/engine/upkeep/reindex.js';
import { ADMIN_USER, Guards, person, refusal, SILENT } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';

const byData = (search?: readonly ['m:Claim']): Policy => ({
  name: 'claims',
  answer: (_principal, operation) =>
    operation === 'task:read' || operation === 'instance:read'
      ? {
          permissive: [
            {
              id: 'small',
              says: 'small claims',
              when: parseCondition({ 'data.amount': { $lt: 1000 } }),
              search,
            },
          ],
        }
      : {},
});

describe('A rule from which no marks follow', () => {
  test('is named by health, unless it names marks itself', async () => {
    for (const [search, expected] of [
      [undefined, ['claims/small']],
      [['m:Claim'] as const, []],
    ] as const) {
      const guard = await createGuard({ store: { memory: true }, env: {}, policies: [byData(search)] });
      expect((await guard.health()).unmarked).toEqual(expected);
      await guard.close();
    }
  });

  test('is refused with strictMarks', async () => {
    const made = (search?: readonly ['m:Claim']) =>
      createGuard({ store: { memory: true }, env: {}, policies: [byData(search)], strictMarks: true });
    expect(await refusal(made())).toMatchObject({ code: 'bad-configuration' });
    await (await made(['m:Claim'])).close();
  });
});

describe('A rule without marks that only one group gets', () => {
  const onlyFor = (group: string): Policy => {
    const { name, answer } = byData();
    return {
      name,
      answer: (principal, ...rest) => (principal.inGroup(group) ? answer(principal, ...rest) : {}),
    };
  };

  test('is named by health and logged, once a member of the group has requested a list', async () => {
    const warned: unknown[] = [];
    const logger = { ...SILENT, warn: (_message: string, fields?: object) => void warned.push(fields) };
    const guard = await createGuard({
      store: { memory: true },
      env: {},
      logger,
      policies: [onlyFor('clerks')],
      strictMarks: true,
    });
    const list = (who: string, ...groups: string[]) =>
      guard.api.data.findItems({}, person(who, ...groups)).then(() => guard.health());
    expect((await list('ann')).unmarked).toEqual([]);
    expect((await list('bob', 'clerks')).unmarked).toEqual(['claims/small']);
    expect((await list('cleo', 'clerks')).unmarked).toEqual(['claims/small']);
    expect(warned).toEqual([{ rule: 'claims/small' }]);
    await guard.close();
  });

  test('is refused with strictMarks where the group is that of designers', async () => {
    const made = createGuard({
      store: { memory: true },
      env: {},
      policies: [onlyFor('DESIGNER')],
      strictMarks: true,
    });
    expect(await refusal(made)).toMatchObject({ code: 'bad-configuration' });
  });
});

onStores('Instances with the search data of before', (kind) => {
  const guards = new Guards(kind);

  test('are found by the exact rules until they are reindexed, and by their marks afterwards', async () => {
    const guard = await guards.make({
      models: { M: model([start(), task('t', { candidateGroups: 'hr' }), end()]) },
    });
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    const { store } = guard;
    const stored = await store.instances.load(id);
    const { format: _format, ...guardPart } = stored?.guard ?? { rev: 0 };
    await store.instances.update(id, guardPart.rev, {
      guard: { ...guardPart, open: ['|g:hr'], read: ['|g:hr'] },
    });
    await store.values('guard').set('reindexed', true);
    const found = async (): Promise<number[]> => [
      (await guard.api.data.getPendingUserTasks({}, ADMIN_USER)).length,
      (await guard.api.data.getPendingUserTasks({}, person('ann', 'hr'))).length,
    ];
    expect((await guard.health()).reindexed).toBe(false);
    expect(await found()).toEqual([1, 1]);
    const load = (): Promise<never> => Promise.reject(new Error('no model is needed'));
    expect(await reindex(store, { load })).toBe(true);
    expect((await guard.health()).reindexed).toBe(true);
    expect(await found()).toEqual([1, 1]);
    expect((await store.instances.load(id))?.guard).toEqual(stored?.guard);
  });
});

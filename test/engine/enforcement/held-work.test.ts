import { parseCondition, type Guard, type Policy } from 'bpmn-guard';
import { changeStart } from '../../../src/engine/execution/held-starts.js';
import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { end, model, start, task, timer } from '../../support/models.js';

const bob = person('bob');
const TIMED = model([start({}, timer('timeDuration', 'P1D')), task('t'), end()]);
const OTHERS = model([start({ candidateUsers: 'ann' }, timer('timeDuration', 'P1D')), task('t'), end()]);
const guards = new Guards('embedded');

/** A guard with held starts, in which bob may change all models; and what its policies are asked about bob. */
async function begun(models: Record<string, string>): Promise<{ guard: Guard; asked: string[] }> {
  const asked: string[] = [];
  const writes: Policy = {
    name: 'writes',
    answer({ userName }, operation) {
      if (userName !== 'bob') return {};
      asked.push(operation);
      return operation === 'model:write'
        ? { permissive: [{ id: 'all', says: 'may change all models', when: parseCondition({}) }] }
        : {};
    },
  };
  const guard = await guards.make({ models, policies: [writes] });
  for (const name of Object.keys(models))
    await changeStart(guard.store, { owner: null, name, elementId: 'start' }, () => ({
      work: 'start',
      by: 'x',
      at: new Date(0),
      ended: 2,
      held: true,
      elementId: 'start',
    }));
  asked.length = 0;
  return { guard, asked };
}

test('which models of held starts are readable is asked once for all of them', async () => {
  const { guard, asked } = await begun({ A: TIMED, B: TIMED, C: TIMED });
  const exists = jest.spyOn(guard.store.instances, 'exists');
  expect((await guard.api.work.list({}, bob)).map(({ modelName }) => modelName).sort()).toEqual([
    'A',
    'B',
    'C',
  ]);
  expect(asked.filter((operation) => operation === 'model:read')).toHaveLength(1);
  expect(exists).toHaveBeenCalledTimes(3);
  exists.mockRestore();
});

test('pages of held starts pass over those of models that are not readable', async () => {
  const { guard } = await begun({ A: OTHERS, B: TIMED, C: OTHERS, D: TIMED, E: OTHERS });
  const all = (await guard.api.work.list({}, bob)).map(({ id }) => id);
  expect(all).toHaveLength(2);
  const first = await guard.api.work.list({ limit: 1 }, bob);
  const second = await guard.api.work.list({ limit: 1, after: first.nextCursor ?? null }, bob);
  expect([...first, ...second].map(({ id }) => id)).toEqual(all);
  expect(second.nextCursor).toBeUndefined();
  expect(await guard.api.work.list({}, ADMIN_USER)).toHaveLength(5);
});

test('more held starts than are looked at together make one list', async () => {
  const { guard } = await begun({ A: TIMED });
  const [held] = await guard.store.models.find({ 'guard.held': true });
  const many = Array.from({ length: 250 }, (_, at) => ({ ...held, name: `M${String(at).padStart(3, '0')}` }));
  jest.spyOn(guard.store.models, 'find').mockResolvedValue(many as never);
  const list = await guard.api.work.list({ limit: 240 }, ADMIN_USER);
  expect(list).toHaveLength(240);
  const rest = await guard.api.work.list({ limit: 240, after: list.nextCursor ?? null }, ADMIN_USER);
  expect(new Set([...list, ...rest].map(({ id }) => id)).size).toBe(250);
  jest.restoreAllMocks();
});

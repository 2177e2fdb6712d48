import type { Guard } from 'bpmn-guard';
import { CouldNotTell } from '../../../src/core/errors.js';
import { sample } from '../../support/cases.js';
import { ADMIN_USER, eventually, Guards, waitingTask } from '../../support/guards.js';
import { call, end, model, start, task } from '../../support/models.js';
import { answerOf } from '../../support/outage.js';
import { onStores } from '../../support/stores.js';

const MODELS = {
  Child: model([start(), task('c', { assignee: 'ann' }), end()], { id: 'child' }),
  Middle: model([start(), call('middle', 'Child'), end()], { id: 'middle_process' }),
  Outer: model([start(), call('outer', 'Middle'), end()], { id: 'outer_process' }),
};
/** The calls of the store by which a command and what it carries on changes instances. */
const CALLS = ['load', 'find', 'update'] as const;
/** More than a command makes of them. */
const MOST = 14;

const COMMANDS = {
  terminate: (guard: Guard, id: string) => guard.api.engine.terminate(id, ADMIN_USER),
  stop: (guard: Guard, id: string) => guard.api.work.stop(id, ADMIN_USER),
  suspend: (guard: Guard, id: string) => guard.api.engine.suspend(id, ADMIN_USER),
  resume: (guard: Guard, id: string) => guard.api.engine.resume(id, ADMIN_USER),
};
const CASES = (Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).flatMap((command) =>
  (['is not made', 'is made, and its answer lost'] as const).map((how) => [command, how] as const),
);

onStores('A command on an instance and those below it, of which one call of the store', (kind) => {
  const guards = new Guards(kind);
  afterEach(() => jest.restoreAllMocks());

  /** From now on the nth call fails. @returns whether it has */
  function failAt(guard: Guard, nth: number, isMade: boolean): () => boolean {
    let calls = 0;
    const { instances } = guard.store;
    for (const name of CALLS) {
      const real = instances[name].bind(instances) as (...args: unknown[]) => Promise<unknown>;
      jest.spyOn(instances, name).mockImplementation((async (...args: unknown[]) => {
        const fails = ++calls === nth;
        const answer = fails && !isMade ? undefined : await real(...args);
        if (fails) throw new CouldNotTell('store-unavailable', 'The store did not answer.');
        return answer;
      }) as never);
    }
    return () => calls >= nth;
  }
  async function stateOf(guard: Guard, id: string): Promise<string> {
    const found = await guard.store.instances.load(id);
    return found?.guard?.suspension === undefined ? String(found?.status) : 'suspended';
  }

  test.each(sample(CASES, 3, kind === 'mongo' ? 1 : 0))('%s: %s, is done as a whole', async (name, how) => {
    const guard = await guards.make({ models: MODELS });
    const act = COMMANDS[name];
    const operation = name === 'terminate' || name === 'stop' ? 'instance:cancel' : 'instance:suspend';
    const count = async (): Promise<number> =>
      (await guard.store.audit.find({ answer: 'allowed', limit: 10_000 })).filter(
        (entry) => entry.operation === operation,
      ).length;
    for (let nth = 1, hasFailed = true; hasFailed; nth++) {
      expect(nth).toBeLessThan(4 * MOST);
      const { id } = await guard.api.engine.start('Outer', {}, ADMIN_USER);
      await waitingTask(guard, 'c');
      const all = (await guard.store.instances.find({ filter: {} })).map((one) => one.id);
      expect(all).toHaveLength(3);
      if (name === 'resume') await guard.api.engine.suspend(id, ADMIN_USER);
      const [before, recorded] = [await stateOf(guard, id), await count()];
      const failed = failAt(guard, nth, how !== 'is not made');
      const { error } = await answerOf(() => act(guard, id));
      hasFailed = failed();
      jest.restoreAllMocks();
      const states = await eventually(async () => {
        const now = await Promise.all(all.map((one) => stateOf(guard, one)));
        return new Set(now).size === 1 && (await guard.health()).stuck === 0 && now;
      });
      if (error === undefined) expect(states).not.toContain(before);
      if (error === undefined) expect(await count()).toBe(recorded + 1);
      else expect(error).toMatchObject({ code: 'store-unavailable' });
      await guard.api.data.deleteInstances({}, ADMIN_USER);
    }
  });
});

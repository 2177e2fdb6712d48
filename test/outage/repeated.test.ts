import { eventually, person, refusal, waitingTask } from '../support/guards.js';
import { end, model, service, start, task } from '../support/models.js';
import { answerOf, Scenes } from '../support/outage.js';
import { onMongo } from '../support/stores.js';

const ann = person('ann');
/** Answers that a command waits for, at most, and how often each is tried: some come side by side, in any order. */
const ANSWERS = 12;
const ROUNDS = 4 * ANSWERS;

const Works = model([
  start(),
  task('a', { assignee: 'ann' }),
  service('s', 'work'),
  task('b', { assignee: 'ann' }),
  end(),
]);

onMongo('A command of which only the answer to its write was lost, as in a failover', () => {
  const scenes = new Scenes();

  test('is answered with 503, is stored once, and is refused when its caller repeats it', async () => {
    let runs = 0;
    const work = async (): Promise<void> => void runs++;
    const { guard, proxy, beside } = await scenes.open({ models: { Works }, services: { work } });
    const look = await beside();
    const isQuiet = async (): Promise<boolean> => (await look.store.locks.list()).length === 0;
    const waiting = async (id: string, elementId: string): Promise<number> =>
      ((await look.store.instances.load(id))?.items ?? []).filter(
        (item) => item.elementId === elementId && item.status === 'wait',
      ).length;

    for (let round = 0, isFound = false; !isFound; round++) {
      expect(round).toBeLessThan(ROUNDS);
      const { id } = await guard.api.engine.start('Works', {}, ann);
      const { id: itemId } = await waitingTask(guard, 'a', id, ann);
      const before = runs;
      proxy.cutAt({ at: 'answer', nth: 1 + (round % ANSWERS) });
      const { error } = await answerOf(() => guard.api.tasks.complete(itemId, {}, ann));
      proxy.heal();
      await eventually(isQuiet);
      if (error === undefined || (await waiting(id, 'b')) === 0) continue;
      isFound = true;
      expect(error).toMatchObject({ code: 'store-unavailable', status: 503 });
      expect(await refusal(guard.api.tasks.complete(itemId, {}, ann))).toMatchObject({
        code: 'wrong-state',
        status: 409,
      });
      expect([await waiting(id, 'a'), await waiting(id, 'b'), runs - before]).toEqual([0, 1, 1]);
    }
  });
});

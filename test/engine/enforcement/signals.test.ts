import type { Guard } from 'bpmn-guard';
import { Conflict, CouldNotTell } from '../../../src/core/errors.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { catching, end, model, signal, start, task } from '../../support/models.js';

const ann = person('ann');
const AFTER = task('t', { assignee: 'ann' });
const MODELS = {
  Sees: model([start(), catching('s', signal('all')), AFTER, end()], { signals: ['all'] }),
  BySignal: model([start({}, signal('all')), AFTER, end()], { signals: ['all'] }),
};
const guards = new Guards('embedded');

async function begun(...names: (keyof typeof MODELS)[]): Promise<{ guard: Guard; ids: string[] }> {
  const guard = await guards.make({ models: MODELS });
  const ids: string[] = [];
  for (const name of names) ids.push((await guard.api.engine.start(name, {}, ann)).id);
  return { guard, ids };
}
const reached = async (guard: Guard): Promise<string[]> =>
  (await guard.api.data.findItems({ 'items.elementId': 't', 'items.status': 'wait' }, ADMIN_USER)).map(
    ({ instanceId }) => instanceId,
  );

test('a signal that more than 10,000 elements wait for reaches none of them, and starts nothing', async () => {
  const { guard, ids } = await begun('Sees');
  const { instances } = guard.store;
  const rows = await instances.findItems({ before: {}, each: { 'items.elementId': 's' }, needsAll: false });
  const found = jest.spyOn(instances, 'findItems');
  /** So many are found, page by page. */
  const waits = (count: number) => {
    let left = count;
    found.mockImplementation(async ({ limit = Infinity }) => {
      const length = Math.min(left, limit);
      left -= length;
      return Array.from({ length }, () => ({ ...rows[0], id: 'gone' }) as never);
    });
  };
  const signal = () => guard.api.engine.throwSignal('all', {}, {}, ADMIN_USER);
  waits(10_001);
  expect(await refusal(signal())).toMatchObject({
    code: 'too-large',
    message: 'More than 10000 elements wait for the signal; select some with a matching query.',
  });
  expect(await guard.store.instances.find({ filter: { name: 'BySignal' } })).toEqual([]);
  found.mockRestore();
  expect(await signal()).toHaveLength(ids.length + 1);
});

test('a signal that nobody can tell whether it may reach one of them reaches the others, and says so', async () => {
  const { guard, ids } = await begun('Sees', 'Sees');
  await guard.api.model.delete('BySignal', ADMIN_USER);
  const { locks } = guard.store;
  const acquire = locks.acquire.bind(locks);
  const acquired = jest.spyOn(locks, 'acquire');
  const failsOnce = (error: Error) =>
    acquired.mockImplementationOnce(() => Promise.reject(error)).mockImplementation(acquire);
  failsOnce(new CouldNotTell('could-not-tell', 'A policy failed.'));
  const signal = () => guard.api.engine.throwSignal('all', {}, {}, ADMIN_USER);
  expect(await refusal(signal())).toMatchObject({ code: 'could-not-tell' });
  const [first] = await reached(guard);
  expect(ids).toContain(first);
  failsOnce(new Conflict('conflict', 'It is held.'));
  expect(await signal()).toEqual([]);
  expect(await signal()).toHaveLength(1);
});

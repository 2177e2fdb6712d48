import { labelsOfDoing, reserve, win } from '../../../src/engine/enforcement/labelling.js';
import type { HostExecution } from '../../../src/engine/model/host.js';

type Kept = Record<string, unknown>;
/** An execution with what the guard keeps of its instance. */
const running = (guard: Kept): HostExecution => ({ instance: { guard } }) as unknown as HostExecution;

test('labels that are won stay with their holders, and others join them', () => {
  const guard: Kept = {};
  win(running(guard), [], 'ann');
  expect(guard).toEqual({});
  win(running(guard), ['author', 'reader'], 'ann');
  win(running(guard), ['author'], 'bob');
  win(running(guard), ['author'], 'bob');
  expect(guard).toEqual({ won: { author: ['ann', 'bob'], reader: ['ann'] } });
});

test('labels are reserved with a task in place of those before, and none where nobody is named', () => {
  const guard: Kept = { items: { t: { owner: 'ann', labels: { old: ['ann'] } } } };
  reserve(running(guard), 't', { author: ['bob'], reader: [] });
  expect(guard).toEqual({ won: {}, items: { t: { owner: 'ann', labels: { author: ['bob'] } } } });
  reserve(running(guard), 't', { reader: [] });
  expect(guard).toEqual({ won: {}, items: { t: { owner: 'ann' } } });
});

test('what is reserved for a task keeps what was won, and nothing is noted where there is nothing', () => {
  const guard: Kept = { won: { author: ['ann'] } };
  reserve(running(guard), 't', { author: ['bob'] });
  expect(guard.won).toEqual({ author: ['ann'] });
  const none: Kept = {};
  reserve(running(none), 't', {});
  expect(none).toEqual({ items: { t: {} } });
});

test('who does a task wins the labels reserved for them, and those of rules that let them, each once', () => {
  const [principal, instance] = [{ userName: 'ann' }, { id: 'i' }];
  const labelsWonBy = jest.fn(() => ['author', 'doer']);
  const labels = (item: object): readonly string[] =>
    labelsOfDoing({ call: { principal, inForce: { grid: { labelsWonBy } } }, instance, item } as never);
  const item = { guard: { labels: { author: ['bob', 'ann'], reader: ['bob'], keeper: ['ann'] } } };
  expect(labels(item)).toEqual(['author', 'keeper', 'doer']);
  expect(labelsWonBy).toHaveBeenCalledWith(principal, { instance, item });
  for (const bare of [{}, { guard: {} }]) expect(labels(bare)).toEqual(['author', 'doer']);
});

import { stepsOf } from '../../../../src/core/condition/size.js';
import { DutyIndex } from '../../../../src/core/policies/duties/duty-index.js';
import type { Duty } from '../../../../src/core/policies/duties/duty.js';
import { testOf } from '../../../../src/core/decision/scope.js';
import { among, doneBy, kim, lee, pointOf, waits } from './histories.js';

const duties = (count: number, of: (at: number) => object): Record<string, Duty> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`d${at}`, of(at) as Duty]));

const ofModels = (count: number) =>
  duties(count, (at) => ({ duty: 'not-who-did', model: at === 0 ? 'M' : `M${at}`, task: 'A', did: 'B' }));
const ofTasks = (count: number) =>
  duties(count, (at) => ({
    duty: 'not-who-did',
    model: 'M',
    task: at === 0 ? 'A' : `A${at}`,
    did: `B${at}`,
  }));
const onAmounts = (count: number) =>
  duties(count, (at) => ({
    duty: 'not-who-did',
    model: 'M',
    task: 'A',
    did: 'B',
    when: { [`data.f${at}`]: { $gt: 1 } },
  }));
const againstMany = (count: number) =>
  duties(count, (at) => ({ duty: 'not-who-did', model: 'M', task: 'A', did: `B${at}` }));

const stepsOfForbidden = (given: Record<string, Duty>): number =>
  stepsOf(new DutyIndex(Object.entries(given)).forbidden);
const stepsOfList = (given: Record<string, Duty>): number =>
  testOf(pointOf(given).scope(kim, 'task:read')).steps;

test.each([
  ['models', ofModels],
  ['tasks', ofTasks],
  ['other tasks', againstMany],
])('four hundred duties on different %s take as many steps as ten, in a decision and in a list', (_, of) => {
  expect(stepsOfForbidden(of(400))).toBe(stepsOfForbidden(of(10)));
  // Those about one model are counted apart from the others, which may leave out the choice between them.
  expect(Math.abs(stepsOfList(of(400)) - stepsOfList(of(10)))).toBeLessThanOrEqual(1);
});

test('duties on one pair of tasks ask once who did the other; only their conditions add up', () => {
  const [one, many] = [stepsOfForbidden(onAmounts(1)), stepsOfForbidden(onAmounts(50))];
  // A comparison, and that of its opposite, because the value may be missing.
  expect(many - one).toBeLessThan(50 * 4);
});

test('all duties of a set are one rule, whose reasons are those of the task at hand', () => {
  const point = pointOf({ ...ofTasks(500), more: { duty: 'not-initiator', model: 'M', says: 'no starter' } });
  const reasons = (resource: object) =>
    point.decide(kim, 'task:take', resource).reasons.filter(({ policy }) => policy === 'duties');
  expect(reasons(among(waits('A'), [doneBy('B0', 'kim')]))).toMatchObject([
    { rule: 'more', says: 'no starter', holds: true },
    { rule: 'd0', holds: false },
  ]);
  expect(reasons(among(waits('A7'), []))).toMatchObject([
    { rule: 'more', holds: true },
    { rule: 'd7', holds: true },
  ]);
  expect(reasons(among(waits('other'), [], { name: 'Another' }))).toEqual([]);
});

test('equal statements about different models are one condition', () => {
  const { forbidden } = new DutyIndex(Object.entries(ofModels(300)));
  // All models lead to the same condition, so they are a list of names and no choice.
  expect(JSON.stringify(forbidden).match(/completedBy/g)?.length).toBe(
    JSON.stringify(new DutyIndex(Object.entries(ofModels(2))).forbidden).match(/completedBy/g)?.length,
  );
});

test('a duty with a condition among others without is asked under its condition alone', () => {
  const point = pointOf({
    always: { duty: 'not-who-did', model: 'M', task: 'A', did: 'B' },
    above: { duty: 'not-who-did', model: 'M', task: 'A', did: 'C', when: { 'data.amount': { $gt: 10 } } },
  });
  const may = (did: string, amount: number) =>
    point.allows(kim, 'task:take', among(waits('A'), [doneBy(did, 'kim')], { data: { amount } }));
  expect([may('B', 1), may('B', 20), may('C', 1), may('C', 20)]).toEqual([false, false, true, false]);
  expect(point.allows(lee, 'task:take', among(waits('A'), [doneBy('C', 'kim')]))).toBe(true);
});

test('a decision with its reasons is that without them', () => {
  const point = pointOf({ ...onAmounts(5), ...againstMany(3) });
  for (const name of ['M', 'N', undefined, null, ['M'], ['M', 'N'], 5])
    for (const who of [kim, lee])
      for (const did of ['B', 'B1', 'C']) {
        const resource = among(waits('A'), [doneBy(did, 'kim')], { name, data: { f1: 2 } });
        expect(point.decide(who, 'task:take', resource).allowed).toBe(
          point.allows(who, 'task:take', resource),
        );
      }
});

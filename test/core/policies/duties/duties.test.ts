import { createDecisionPoint } from '../../../../src/core/decision/decision-point.js';
import { compileSet, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { taskRulesPolicy } from '../../../../src/core/policies/task-rules.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';
import { DUTY_TYPES } from '../../../../src/core/policies/duties/duty.js';
import { Duties, inWords } from '../../../../src/core/policies/duties/duties.js';
import {
  among,
  doneBy,
  doneByUnknown,
  ended,
  heldBy,
  kim,
  lee,
  mia,
  pointOf,
  setOf,
  user,
  waits,
  type Item,
} from './histories.js';

const admin = user('admin', 'ADMIN');
const apart = { duty: 'not-who-did', model: 'M', task: 'B', did: 'A' };
const together = { duty: 'must-be-who-did', model: 'M', task: 'B', did: 'A' };
const point = pointOf({ apart });

type Point = typeof point;
const mayTake = (who: typeof kim, one: Item, others: readonly Item[], at: Point = point) =>
  at.allows(who, 'task:take', among(one, others));
const sees = (who: typeof kim, one: Item, others: readonly Item[], at: Point = point) =>
  at.allows(who, 'task:read', among(one, others));

describe('not-who-did', () => {
  test.each([
    ['B', 'A'],
    ['A', 'B'],
  ])('whoever did one task may not take the other, in either order: %s after %s', (next, before) => {
    const done = doneBy(before, 'kim');
    expect([mayTake(kim, waits(next), [done]), mayTake(lee, waits(next), [done])]).toEqual([false, true]);
    expect([sees(kim, waits(next), [done]), sees(lee, waits(next), [done])]).toEqual([false, true]);
  });

  test('whoever holds one task may not take the other in parallel, but may after releasing it', () => {
    expect(mayTake(kim, waits('B'), [heldBy('A', 'kim')])).toBe(false);
    expect(mayTake(kim, waits('A'), [heldBy('B', 'kim')])).toBe(false);
    expect(mayTake(kim, waits('B'), [heldBy('A', 'lee')])).toBe(true);
    expect(mayTake(kim, waits('B'), [waits('A')])).toBe(true);
  });

  test('a lent task counts for its lender and its borrower', () => {
    const lent = heldBy('A', 'lee', 'kim');
    expect([kim, lee, mia].map((who) => mayTake(who, waits('B'), [lent]))).toEqual([false, false, true]);
  });

  test('of two tasks assigned to one person, that person can do only one', () => {
    const [a, b] = [heldBy('A', 'kim'), heldBy('B', 'kim')];
    expect(point.allows(kim, 'task:execute', among(b, [a]))).toBe(true);
    expect(point.allows(kim, 'task:execute', among(a, [b]))).toBe(true);
    expect(point.allows(kim, 'task:execute', among(b, [doneBy('A', 'kim')]))).toBe(false);
    expect(sees(kim, b, [doneBy('A', 'kim')])).toBe(false);
  });

  test('applies to every item of a loop, and to tasks completed long ago', () => {
    const rounds = [doneBy('A', 'kim'), doneBy('A', 'lee'), waits('A')];
    expect([kim, lee, mia].map((who) => mayTake(who, waits('B'), rounds))).toEqual([false, false, true]);
  });

  test('a cancelled or interrupted task does not count as done', () => {
    for (const status of ['end', 'terminated', 'cancelled', 'discard'])
      expect(mayTake(kim, waits('B'), [ended('A', status, 'kim')])).toBe(true);
  });

  test('if nobody is recorded for one task, only administrators may do the other', () => {
    expect([kim, lee, admin].map((who) => mayTake(who, waits('B'), [doneByUnknown('A')]))).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('ignores other tasks, other models and completed tasks', () => {
    expect(mayTake(kim, waits('C'), [doneBy('A', 'kim')])).toBe(true);
    expect(point.allows(kim, 'task:take', among(waits('B'), [doneBy('A', 'kim')], { name: 'N' }))).toBe(true);
    expect(sees(kim, doneBy('B', 'lee'), [doneBy('A', 'kim')])).toBe(true);
  });

  test('speaks of the task that it forbids, in its own words or in those of the duty', () => {
    const forbidden = among(waits('B'), [doneBy('A', 'kim')]);
    const says = (value: unknown) =>
      pointOf({ value })
        .decide(kim, 'task:take', forbidden)
        .reasons.filter(({ effect, holds }) => effect === 'restricts' && !holds);
    expect(says(apart)).toMatchObject([
      { policy: 'duties', rule: 'value', says: 'B and A must be done by different people' },
    ]);
    expect(says({ ...apart, says: 'four eyes' })).toMatchObject([{ says: 'four eyes' }]);
  });
});

describe('must-be-who-did', () => {
  const same = pointOf({ together });

  test.each([
    ['B', 'A'],
    ['A', 'B'],
  ])('only whoever did one task may do the other, in either order: %s after %s', (next, before) => {
    const done = [doneBy(before, 'kim')];
    expect([kim, lee].map((who) => mayTake(who, waits(next), done, same))).toEqual([true, false]);
    expect([kim, lee].map((who) => sees(who, waits(next), done, same))).toEqual([true, false]);
  });

  test('both tasks are available to all until one is taken or done', () => {
    expect([kim, lee].map((who) => mayTake(who, waits('B'), [waits('A')], same))).toEqual([true, true]);
    expect([kim, lee].map((who) => mayTake(who, waits('B'), [], same))).toEqual([true, true]);
  });

  test('who has one in parallel is the only one to take the other', () => {
    expect([kim, lee].map((who) => mayTake(who, waits('B'), [heldBy('A', 'kim')], same))).toEqual([
      true,
      false,
    ]);
  });

  test('anybody who did it in a loop may; if nobody is recorded, only administrators', () => {
    const rounds = [doneBy('A', 'kim'), doneBy('A', 'lee')];
    expect([kim, lee, mia].map((who) => mayTake(who, waits('B'), rounds, same))).toEqual([true, true, false]);
    expect([kim, admin].map((who) => mayTake(who, waits('B'), [doneByUnknown('A')], same))).toEqual([
      false,
      true,
    ]);
  });
});

describe('not-initiator', () => {
  const started = { startedBy: 'kim' };
  const may = (who: typeof kim, one: Item, duty: object, guard: object = started, fields = {}) =>
    pointOf({ duty }).allows(who, 'task:take', among(one, [], fields, { ...guard }));
  const whole = { duty: 'not-initiator', model: 'M' };

  test('the starter of a case may do none of its tasks, or none of the listed ones', () => {
    expect([kim, lee].map((who) => may(who, waits('A'), whole))).toEqual([false, true]);
    const named = { ...whole, tasks: ['B'] };
    expect([may(kim, waits('A'), named), may(kim, waits('B'), named)]).toEqual([true, false]);
  });

  test('if the starter is unknown, only administrators may do the task', () => {
    const unknown = { startedBy: undefined };
    expect([kim, admin].map((who) => may(who, waits('A'), whole, unknown))).toEqual([false, true]);
  });

  test('in a called process, who started the calling one is an initiator too; if that is not known, all are', () => {
    const called = { parentItemId: 'p' };
    const guard = { startedBy: 'lee', callers: ['kim'], root: 'r' };
    expect([kim, lee, mia].map((who) => may(who, waits('A'), whole, guard, called))).toEqual([
      false,
      false,
      true,
    ]);
    expect(may(mia, waits('A'), whole, { startedBy: 'lee' }, called)).toBe(false);
  });
});

describe('distinct', () => {
  const three = pointOf({ three: { duty: 'distinct', model: 'M', tasks: ['A', 'B', 'C'] } });

  test('three tasks need three people, in any order', () => {
    const done = [doneBy('C', 'kim'), doneBy('A', 'lee')];
    expect([kim, lee, mia].map((who) => mayTake(who, waits('B'), done, three))).toEqual([false, false, true]);
  });

  test('one person may do the same task again, unless each item counts', () => {
    const again = [doneBy('A', 'kim')];
    expect(mayTake(kim, waits('A'), again, three)).toBe(true);
    const each = pointOf({ each: { duty: 'distinct', model: 'M', tasks: ['A', 'B'], eachItem: true } });
    expect([kim, lee].map((who) => mayTake(who, waits('A'), again, each))).toEqual([false, true]);
  });

  test('one task alone: each of its items needs another person', () => {
    const votes = pointOf({ votes: { duty: 'distinct', model: 'M', tasks: ['A'] } });
    expect(mayTake(kim, waits('A'), [heldBy('A', 'kim'), waits('A')], votes)).toBe(false);
    expect(mayTake(kim, waits('A'), [heldBy('A', 'lee')], votes)).toBe(true);
    const mine = heldBy('A', 'kim');
    expect(votes.allows(kim, 'task:execute', among(mine, [heldBy('A', 'kim')]))).toBe(true);
    expect(votes.allows(kim, 'task:execute', among(mine, [doneBy('A', 'kim')]))).toBe(false);
  });
});

describe('a condition', () => {
  const large = pointOf({ large: { ...apart, when: { 'data.amount': { $gt: 1000 } } } });
  const may = (amount: unknown) =>
    large.allows(kim, 'task:take', among(waits('B'), [doneBy('A', 'kim')], { data: { amount } }));

  test('limits the duty to matching cases', () => {
    expect([may(1000), may(1001), may(5)]).toEqual([true, false, true]);
  });

  test('cannot be evaded by leaving the value out, or writing it otherwise', () => {
    for (const amount of [undefined, null, '5000', '', [], [5, 2000], { $gt: 0 }, true, new Date(0)])
      expect([amount, may(amount)]).toEqual([amount, false]);
  });
});

describe('tasks of other instances of the case', () => {
  const wide = { duty: 'not-who-did', model: 'M', task: 'B', did: { model: 'N', task: 'A' } };
  const across = pointOf({ wide });
  const may = (who: typeof kim, did: readonly object[], fields = {}, guard = {}) =>
    across.allows(who, 'task:take', among(waits('B'), [doneBy('A', 'mia')], fields, { did, ...guard }));

  test('count by what the case tells of them', () => {
    const done = [{ model: 'N', task: 'A', done: ['kim'] }];
    expect([kim, lee, mia].map((who) => may(who, done))).toEqual([false, true, true]);
    expect(may(kim, [{ model: 'N', task: 'A', held: ['kim'] }])).toBe(false);
    expect(may(kim, [{ model: 'N', task: 'B', done: ['kim'] }])).toBe(true);
    expect(may(kim, [{ model: 'N', task: 'A', unknown: true }])).toBe(false);
  });

  test('a called process that was never told of its callers is for administrators', () => {
    expect(may(kim, [], { parentItemId: 'p' })).toBe(false);
    expect(may(kim, [], { parentItemId: 'p' }, { root: 'r' })).toBe(true);
  });

  test('the duties know which models take part', () => {
    expect([...new Duties(setOf({ wide, apart })).acrossInstances].sort()).toEqual(['M', 'N']);
    expect(new Duties(setOf({ apart })).acrossInstances.size).toBe(0);
  });
});

describe('administrators', () => {
  const forbidden = among(heldBy('B', 'admin'), [doneBy('A', 'admin')]);
  const strict = pointOf({ strict: { ...apart, strict: true } });

  test('pass a duty, and the duties name what they override', () => {
    expect(point.allows(admin, 'task:execute', forbidden)).toBe(true);
    const duties = new Duties(setOf({ apart, other: { ...apart, task: 'C' } }));
    expect(duties.overridden(admin, 'task:execute', forbidden)).toEqual(['apart']);
    expect(duties.overridden(admin, 'task:execute', among(waits('B'), []))).toEqual([]);
    expect(duties.overridden(user('admin'), 'task:execute', forbidden)).toEqual([]);
    expect(duties.against(admin, 'task:execute', forbidden)).toEqual([]);
    expect(duties.against(user('admin'), 'task:execute', forbidden)).toEqual([
      'B and A must be done by different people',
    ]);
  });

  test('are bound by a strict duty, but still see its tasks', () => {
    expect(strict.allows(admin, 'task:execute', forbidden)).toBe(false);
    expect(strict.allows(admin, 'task:read', forbidden)).toBe(true);
    expect(strict.allows(user('root', 'SYSTEM'), 'task:execute', forbidden)).toBe(true);
  });
});

test('assigning to others is no doing: who may assign is not asked for their own duties', () => {
  const forbidden = among(waits('B'), [doneBy('A', 'kim')]);
  expect(point.allows(kim, 'task:assign', forbidden)).toBe(true);
});

test('each type is put in words', () => {
  for (const duty of DUTY_TYPES)
    expect(
      inWords({ duty, model: 'M', task: 'B', did: { model: 'N', task: 'A' }, tasks: ['A', 'B'] } as never),
    ).toMatch(/initiator|case|different|same|another/);
});

test('who may View a task by the grid sees it, although a duty forbids doing it', () => {
  const view = {
    effect: 'Allow',
    users: { group: 'staff' },
    privilege: 'View',
    on: { process: 'M', task: 'B' },
  };
  const changes = [
    { kind: 'duty', id: 'apart', value: apart },
    { kind: 'grid-rule', id: 'view', value: view },
  ];
  const { policies } = compileSet(PolicySet.EMPTY.with(1, readChanges(changes)));
  const both = createDecisionPoint([taskRulesPolicy, ...policies]);
  const done = [doneBy('A', 'kim')];
  expect([sees(kim, waits('B'), done, both), mayTake(kim, waits('B'), done, both)]).toEqual([true, false]);
  expect([sees(kim, waits('B'), done), sees(lee, waits('B'), done, both)]).toEqual([false, true]);
});

import type { Operation } from '../../../../src/core/operation.js';
import { SecureUser } from '../../../../src/core/principal.js';
import type { Resource } from '../../../../src/core/resource.js';
import { gridOf, pointOf } from './grids.js';

type Fields = Readonly<Record<string, unknown>>;

const user = (userName: string, userGroups: readonly string[] = [], attributes = {}): SecureUser =>
  new SecureUser({ userName, userGroups, attributes });
const staff = user('sam', ['Staff'], { region: 'north', level: 2 });
const other = user('olga', ['Others'], { region: 'south', level: 5 });
const plain = user('pia');

/** A waiting task of a case that somebody else started. */
function task(item: Fields = {}, { data = {}, guard = {}, name = 'P' }: Fields = {}): Resource {
  const one = {
    id: 'i',
    elementId: 'T',
    type: 'bpmn:UserTask',
    status: 'wait',
    ...item,
    guard: { ...(item.guard as Fields | undefined) },
  };
  const instance = { id: 'c', name, data, guard: { startedBy: 'zoe', ...(guard as Fields) }, items: [one] };
  return { item: one, instance };
}
const OPEN = { guard: { open: true } };

/** Which of the operations the rules allow. */
function allowed(
  rules: string,
  who: SecureUser,
  resource: Resource,
  ...operations: Operation[]
): Operation[] {
  const point = pointOf(gridOf(rules));
  return operations.filter((operation) => point.allows(who, operation, resource));
}
const TASK: Operation[] = [
  'task:read',
  'task:take',
  'task:execute',
  'task:assign',
  'task:delegate',
  'task:reject',
];

const PERFORM = 'r: Allow group Staff to Perform on task T of process P';

describe('Perform', () => {
  test('lets take, and complete once assigned; the task is no longer open by its model', () => {
    expect(allowed(PERFORM, staff, task(OPEN), ...TASK)).toEqual([
      'task:read',
      'task:take',
      'task:assign',
      'task:reject',
    ]);
    expect(allowed(PERFORM, staff, task({ ...OPEN, assignee: 'sam' }), ...TASK)).toContain('task:execute');
    expect(allowed(PERFORM, other, task(OPEN), ...TASK, 'instance:read')).toEqual([]);
    expect(allowed(PERFORM, other, task({ assignee: 'olga' }), ...TASK)).toEqual(['task:delegate']);
  });

  test('for another task or process has no effect here', () => {
    for (const resource of [task({ ...OPEN, elementId: 'U' }), task(OPEN, { name: 'Q' })])
      expect(allowed(PERFORM, other, resource, 'task:read', 'task:take', 'instance:read')).toEqual([
        'task:read',
        'task:take',
        'instance:read',
      ]);
  });

  test('of a process is of each of its tasks, beside rules about a task', () => {
    const rules = `p: Allow group Staff to Perform on process P\nt: ${PERFORM.slice(3).replace('Staff', 'Others')}`;
    for (const who of [staff, other])
      expect(allowed(rules, who, task(OPEN), 'task:take')).toEqual(['task:take']);
    const elsewhere = task({ ...OPEN, elementId: 'U' });
    expect(allowed(rules, staff, elsewhere, 'task:take')).toEqual(['task:take']);
    expect(allowed(rules, other, elsewhere, 'task:take', 'task:read')).toEqual([]);
  });

  test('shows candidates of the model nothing that they are excluded from, unless a View rule does', () => {
    const candidate = task({ candidateGroups: ['Others'] });
    expect(allowed(PERFORM, other, candidate, 'task:read', 'instance:read')).toEqual([]);
    const view = `${PERFORM}\nv: Allow group Others to View on task T of process P`;
    expect(allowed(view, other, candidate, 'task:read', 'task:take')).toEqual(['task:read']);
  });

  test('who completed the task keeps reading the case', () => {
    const done = task({ status: 'end', guard: { completedBy: 'olga' } });
    expect(allowed(PERFORM, other, done, 'instance:read')).toEqual(['instance:read']);
  });

  test('who may Perform a waiting task reads its case', () => {
    expect(allowed(PERFORM, staff, task(), 'instance:read')).toEqual(['instance:read']);
    expect(allowed(PERFORM, staff, task({ status: 'end' }), 'instance:read')).toEqual([]);
  });
});

describe('Restrict', () => {
  const rules = `${PERFORM}\nx: Restrict user sam to Perform on process P for {"data.secret":true}`;

  test('wins over Allow, and hides the task from whom it excludes', () => {
    const secret = task(OPEN, { data: { secret: true } });
    expect(allowed(rules, staff, secret, 'task:read', 'task:take', 'instance:read')).toEqual([]);
    expect(allowed(rules, staff, task(OPEN), 'task:take')).toEqual(['task:take']);
    expect(allowed(rules, user('stan', ['Staff']), secret, 'task:take', 'instance:read')).toHaveLength(2);
  });

  test('alone closes nothing to others', () => {
    const alone = 'x: Restrict user sam to Perform on task T of process P';
    expect(allowed(alone, staff, task(OPEN), 'task:read', 'task:take', 'instance:read')).toEqual([]);
    expect(allowed(alone, other, task(OPEN), 'task:read', 'task:take', 'instance:read')).toHaveLength(3);
  });

  test('concerns whoever lacks the attribute that it asks for', () => {
    const low = 'x: Restrict users where {"user.level":{"$lt":3}} to View on system';
    const mine = task({}, { guard: { startedBy: 'pia' } });
    expect(allowed(low, plain, mine, 'instance:read')).toEqual([]);
    expect(allowed(low, other, task({ assignee: 'olga' }), 'task:read')).toEqual(['task:read']);
  });
});

describe('Assign and Re-Assign', () => {
  const rules = 'a: Allow group Staff to Assign on process P\nb: Allow group Others to Re-Assign on system';

  test('are for tasks without, and with an assignee, and show the task', () => {
    const free = task({ candidateUsers: ['pia'] });
    const held = task({ assignee: 'pia' });
    expect(allowed(rules, staff, free, 'task:read', 'task:assign')).toEqual(['task:read', 'task:assign']);
    expect(allowed(rules, staff, held, 'task:assign')).toEqual([]);
    expect(allowed(rules, other, free, 'task:assign')).toEqual([]);
    expect(allowed(rules, other, held, 'task:read', 'task:assign')).toEqual(['task:read', 'task:assign']);
    // Candidates and assignees assign by the model, until rules name who does.
    expect(allowed(rules, plain, free, 'task:assign', 'task:take')).toEqual(['task:take']);
    expect(allowed(rules, plain, held, 'task:assign', 'task:execute')).toEqual(['task:execute']);
  });

  test('a lent task is given back by who has it, whatever the rules say of lending', () => {
    const lent = task({ assignee: 'pia', guard: { owner: 'olga' } });
    expect(allowed(rules, plain, lent, 'task:delegate')).toEqual(['task:delegate']);
    expect(allowed(rules, plain, task({ assignee: 'pia' }), 'task:delegate')).toEqual([]);
  });
});

describe('View', () => {
  test('closes a process to all whom no rule allows, those who started it included', () => {
    const rules = 'v: Allow group Staff to View on process P';
    const mine = task({ assignee: 'pia' }, { guard: { startedBy: 'pia' } });
    expect(allowed(rules, staff, mine, 'task:read', 'instance:read', 'task:take')).toEqual([
      'task:read',
      'instance:read',
    ]);
    expect(allowed(rules, plain, mine, 'task:read', 'instance:read')).toEqual([]);
    expect(allowed(rules, plain, task({ assignee: 'pia' }, { name: 'Q' }), 'task:read')).toEqual([
      'task:read',
    ]);
  });

  test('by a label speaks of cases, and closes nothing else', () => {
    const rules = 'Label Owner\nv: Allow role Owner to View on process P';
    const owned = task({}, { guard: { roles: { Owner: ['olga'] } } });
    expect(allowed(rules, other, owned, 'task:read', 'instance:read', 'task:take')).toEqual([
      'task:read',
      'instance:read',
    ]);
    expect(allowed(rules, staff, owned, 'task:read', 'instance:read')).toEqual([]);
    expect(allowed(rules, plain, task({ assignee: 'pia' }), 'task:read')).toEqual(['task:read']);
    const model = { model: { name: 'P', guard: { starts: [{ open: true }] } } };
    expect(allowed(rules, plain, model, 'model:read')).toEqual(['model:read']);
  });

  test('of a process shows its model, also to who may start it', () => {
    const rules =
      'v: Allow group Staff to View on process P\ns: Allow group Others to Perform on event S of process P';
    const model = { model: { name: 'P', guard: { starts: [{ open: true }] } } };
    expect([staff, other, plain].map((who) => allowed(rules, who, model, 'model:read').length)).toEqual([
      1, 1, 0,
    ]);
  });
});

describe('Monitor', () => {
  const rules = 'm: Allow group Staff to Monitor on process P\ns: Allow group Others to Monitor on system';
  test('is of the reports of a process, and system wide of the audit trail too', () => {
    const point = pointOf(gridOf(rules));
    const ask = (who: SecureUser, name: string): boolean[] => [
      point.allows(who, 'model:report', { model: { name } }),
      point.allows(who, 'system:audit', {}),
    ];
    expect([ask(staff, 'P'), ask(staff, 'Q')]).toEqual([
      [true, false],
      [false, false],
    ]);
    expect([ask(other, 'P'), ask(plain, 'P')]).toEqual([
      [true, true],
      [false, false],
    ]);
  });
});

describe('starting at an event', () => {
  const rules =
    'Label Author held by 1\n' +
    's: Allow group Staff to Perform on event S of process P for {"data.region":"$user.region"} as Author\n' +
    'r: Allow role Author to Perform on event S of process P';
  const start = (data?: Fields, elementId = 'S'): Resource => ({
    model: { name: 'P' },
    start: { elementId, open: true, ...(data && { data }) },
  });

  test('tests the data of the start; without data nobody may start', () => {
    expect(allowed(rules, staff, start({ region: 'north' }), 'instance:start')).toEqual(['instance:start']);
    for (const data of [{ region: 'south' }, {}, undefined])
      expect(allowed(rules, staff, start(data), 'instance:start')).toEqual([]);
    expect(allowed(rules, other, start({ region: 'south' }), 'instance:start')).toEqual([]);
    expect(allowed(rules, other, start({}, 'other'), 'instance:start')).toEqual(['instance:start']);
  });

  test('is offered to those who could start with some data', () => {
    const point = pointOf(gridOf(rules));
    expect(point.allows(staff, 'instance:start', start(), { anyData: true })).toBe(true);
    expect(point.allows(other, 'instance:start', start(), { anyData: true })).toBe(false);
  });

  test('a condition that a start cannot satisfy permits nothing, and restricts', () => {
    const other2 = 's: Allow all to Perform on event S of process P for {"instance.status":"running"}';
    expect(allowed(other2, staff, start({}), 'instance:start')).toEqual([]);
    const restricts = 's: Restrict all to Perform on event S of process P for {"instance.status":"running"}';
    expect(allowed(restricts, staff, start({}), 'instance:start')).toEqual([]);
  });

  test('gives the label of the rules that allow it', () => {
    const grid = gridOf(rules);
    expect(grid.labelsWonBy(staff, start({ region: 'north' }), true)).toEqual(['Author']);
    expect(grid.labelsWonBy(staff, start({ region: 'south' }), true)).toEqual([]);
  });
});

test('a message reaches the event that the rule names, and no other that waits in the case', () => {
  const rules = 'e: Allow group Staff to Perform on event M of process P';
  const at = (elementId: string): Resource => task({ elementId, type: 'bpmn:IntermediateCatchEvent' });
  expect(allowed(rules, staff, at('M'), 'instance:message')).toEqual(['instance:message']);
  expect(allowed(rules, staff, at('N'), 'instance:message')).toEqual([]);
  const mine = task({ elementId: 'M', type: 'bpmn:IntermediateCatchEvent' }, { guard: { startedBy: 'pia' } });
  expect(allowed(rules, plain, mine, 'instance:message')).toEqual([]);
});

describe('a label', () => {
  const rules = 'Label L held by 2\nr: Allow group Staff to Perform on task T of process P as L';
  const held = (...names: string[]): Resource =>
    task(OPEN, { guard: { roles: { L: names }, roleCounts: { L: names.length } } });

  test('that is full lets those perform who hold it, and hides the task from others', () => {
    expect(allowed(rules, staff, held('ann'), 'task:read', 'task:take')).toHaveLength(2);
    expect(allowed(rules, staff, held('ann', 'bob'), 'task:read', 'task:take', 'instance:read')).toEqual([]);
    expect(allowed(rules, staff, held('ann', 'sam'), 'task:read', 'task:take')).toHaveLength(2);
  });

  test('is won of all rules that allow it, of a process for its tasks only', () => {
    const more = `${rules}\nLabel M\nq: Allow user sam to Perform on process P as M\nLabel N\nx: Allow user ann to Perform on process P as N`;
    expect(gridOf(more).labelsWonBy(staff, held('ann'))).toEqual(['M', 'L']);
    expect(gridOf(more).labelsWonBy(staff, held('ann', 'bob'))).toEqual(['M']);
    expect(gridOf(more).labelsWonBy(staff, task({ type: 'bpmn:ReceiveTask' }))).toEqual(['L']);
  });
});

describe('a task that is handed on', () => {
  const rules =
    'Label L held by 2\nr: Allow group Staff to Perform on task T of process P as L handing on\n' +
    'Label M\nq: Allow user sam to Perform on process P as M';

  test('is lent with the labels whose rules say so', () => {
    expect(gridOf(rules).labelsLentWith(task())).toEqual(['L']);
    expect(gridOf(rules).labelsLentWith(task({ elementId: 'U' }))).toEqual([]);
    expect(gridOf('').labelsLentWith(task())).toEqual([]);
  });
});

test('what stands against performing a task is told in words, and nothing to whom a rule allows it', () => {
  const grid = gridOf(PERFORM);
  expect(grid.against(other, task())).toEqual([
    'rules of the grid name who may Perform P/T; one of them must allow it to you',
  ]);
  expect(grid.against(staff, task())).toEqual([]);
  expect(grid.against(user('root', ['ADMIN']), task())).toEqual([]);
  expect(gridOf('').against(other, task())).toEqual([]);
});

test('escalating a task is what Re-Assign allows, and starting an event in a case what Perform on it does', () => {
  const rules =
    'a: Allow group Staff to Re-Assign on process P\ne: Allow group Staff to Perform on event E of process P';
  const held = task({ assignee: 'pia' });
  expect(allowed(rules, staff, held, 'task:escalate')).toEqual(['task:escalate']);
  expect(allowed(rules, other, held, 'task:escalate')).toEqual([]);
  const event = task({ elementId: 'E', type: 'bpmn:StartEvent' });
  expect(allowed(rules, staff, event, 'instance:event')).toEqual(['instance:event']);
  expect(allowed(rules, other, event, 'instance:event')).toEqual([]);
});

test('administrators pass what the grid restricts', () => {
  const admin = user('root', ['ADMIN']);
  expect(allowed(`${PERFORM}\nx: Restrict all to View on system`, admin, task(), ...TASK)).toEqual(TASK);
});

test('a decision names the rule, and for a no what would be needed', () => {
  const point = pointOf(gridOf(PERFORM));
  const yes = point.decide(staff, 'task:take', task(OPEN));
  expect(yes.reasons).toContainEqual(
    expect.objectContaining({
      policy: 'grid',
      rule: 'r',
      holds: true,
      says: 'the rule r of the grid: Allow group "Staff" to Perform on task "T" of process "P"',
    }),
  );
  const no = point.decide(other, 'task:take', task(OPEN));
  expect(no.reasons).toContainEqual(
    expect.objectContaining({
      rule: 'closed Perform P/T',
      holds: false,
      says: 'rules of the grid name who may Perform P/T; one of them must allow it to you',
    }),
  );
});

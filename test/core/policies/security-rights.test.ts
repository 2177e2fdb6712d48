import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { OPERATIONS, type Operation } from '../../../src/core/operation.js';
import { compileSet, POLICY_KINDS, readChanges } from '../../../src/core/policy-set/kinds.js';
import { rightUse } from '../../../src/core/policies/security-rights.js';
import { holderId } from '../../../src/core/policies/security-roles.js';
import { taskRulesPolicy } from '../../../src/core/policies/task-rules.js';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Resource } from '../../../src/core/resource.js';
import { RIGHTS, type Right } from '../../../src/core/rights.js';

const user = (userName: string, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName, userGroups });
const role = (id: string, ...rights: string[]) => ({ kind: 'security-role', id, value: { rights } });
const holder = (of: string, who: { user: string } | { group: string }) => ({
  kind: 'security-role-holder',
  id: holderId(of, who),
  value: { role: of, ...who },
});
const setOf = (...changes: unknown[]): PolicySet => PolicySet.EMPTY.with(1, readChanges(changes));
const pointOf = (set: PolicySet) => createDecisionPoint([taskRulesPolicy, ...compileSet(set).policies]);

/** Resources of each kind on which the task rules give ann nearly everything. */
const task = { id: 't', type: 'bpmn:UserTask', status: 'wait', assignee: 'ann', guard: {} };
const instance = { id: 'i', name: 'M', status: 'running', items: [task], guard: { startedBy: 'ann' } };
const starts = [{ elementId: 's', open: true }];
const RESOURCES = {
  task: { item: task, instance },
  instance: { instance },
  model: { model: { name: 'M', guard: { starts } }, start: { elementId: 's', open: true } },
  system: {},
} satisfies Record<string, Resource>;
const resourceOf = (operation: Operation): Resource => RESOURCES[OPERATIONS[operation].kind];

const WITH_RIGHTS = (Object.keys(OPERATIONS) as Operation[]).filter(
  (operation) => rightUse(operation).needs.length > 0,
);
const PAIRS = WITH_RIGHTS.flatMap((operation) =>
  rightUse(operation).needs.map((right) => [right, operation] as const),
);

test.each(PAIRS)(
  '%s is one of the rights that %s needs, once there is a security role',
  (right, operation) => {
    const point = pointOf(setOf(role('some', right), holder('some', { user: 'ann' })));
    const facts = { undo: right === 'Todo:Undo_Reject' };
    const reasons = (who: string) =>
      point
        .decide(user(who), operation, resourceOf(operation), facts)
        .reasons.filter(({ policy, effect }) => policy === 'security-rights' && effect === 'restricts');
    expect(reasons('ann').every(({ holds }) => holds)).toBe(true);
    expect(reasons('ben')).toMatchObject([{ holds: false, says: expect.stringContaining(right) as unknown }]);
    expect(point.allows(user('ben'), operation, resourceOf(operation))).toBe(false);
  },
);

test.each(
  WITH_RIGHTS.flatMap((operation) => rightUse(operation).opens.map((right) => [right, operation] as const)),
)('%s opens %s where no other policy does, without it that stays closed', (opens, operation) => {
  const { needs } = rightUse(operation);
  const setWith = (...rights: Right[]): PolicySet =>
    setOf(role('some', ...rights), holder('some', { user: 'zoe' }));
  const allows = (set: PolicySet): boolean =>
    pointOf(set).allows(user('zoe'), operation, resourceOf(operation));
  // Who reads every task needs the right to see people to see those of each task.
  expect(allows(setWith(opens))).toBe(needs.includes(opens));
  expect(allows(setWith(opens, ...needs))).toBe(true);
  expect(pointOf(PolicySet.EMPTY).allows(user('zoe'), operation, resourceOf(operation))).toBe(false);
});

test.each(['task:delegate', 'task:escalate'] as const)(
  'with the right for own tasks only, %s is allowed for those',
  (operation) => {
    const {
      ofOwn,
      opens: [all],
    } = rightUse(operation);
    const point = pointOf(
      setOf(
        role('own', ofOwn as Right),
        role('all', all as Right),
        holder('own', { user: 'ann' }),
        holder('all', { user: 'zoe' }),
      ),
    );
    const others = { ...task, assignee: 'ben', candidateUsers: ['ann'] };
    const of = (item: object): Resource => ({
      item: item as never,
      instance: { ...instance, items: [item] },
    });
    const restricted = (who: string, item: object): boolean =>
      point
        .decide(user(who), operation, of(item))
        .reasons.some(
          ({ policy, effect, holds }) => policy === 'security-rights' && effect === 'restricts' && !holds,
        );
    expect([restricted('ann', task), restricted('ann', others)]).toEqual([false, true]);
    expect(point.allows(user('zoe'), operation, of(others))).toBe(true);
  },
);

test('an operation that names no right stays as it was', () => {
  const without = (Object.keys(OPERATIONS) as Operation[]).filter((name) => !WITH_RIGHTS.includes(name));
  const point = pointOf(setOf(role('some', 'Todo:Process')));
  expect(without).toContain('instance:comment');
  for (const operation of without)
    expect(point.allows(user('ann'), operation, resourceOf(operation))).toBe(
      pointOf(PolicySet.EMPTY).allows(user('ann'), operation, resourceOf(operation)),
    );
});

test('rights restrict nothing while there is no security role', () => {
  expect(compileSet(PolicySet.EMPTY).policies.map(({ name }) => name)).toEqual(['case-roles']);
  expect(pointOf(PolicySet.EMPTY).allows(user('ann'), 'task:execute', RESOURCES.task)).toBe(true);
});

test('a user and a group with the same name are two holders of a role', () => {
  const { securityRoles } = compileSet(
    setOf(
      role('r', 'Todo:Process'),
      holder('r', { user: 'hr' }),
      role('s', 'Signal:Send'),
      holder('s', { group: 'hr' }),
    ),
  );
  expect([...securityRoles.rightsOf(user('hr'))]).toEqual(['Todo:Process']);
  expect([...securityRoles.rightsOf(user('ann', 'hr'))]).toEqual(['Signal:Send']);
  expect([...securityRoles.rightsOf(user('ann'))]).toEqual([]);
});

test('rights that stand with the user count as well', () => {
  const ann = new SecureUser({ userName: 'ann', attributes: { rights: ['Todo:Process', 'nonsense'] } });
  const point = pointOf(setOf(role('some', 'Signal:Send')));
  expect(point.allows(ann, 'task:execute', RESOURCES.task)).toBe(true);
  expect(point.allows(user('ann'), 'task:execute', RESOURCES.task)).toBe(false);
});

test('ADMIN holds every right that is not internal, SYSTEM every right, and rights restrict neither', () => {
  const set = setOf(role('some', 'Signal:Send'));
  const { securityRoles } = compileSet(set);
  const internal = (Object.keys(RIGHTS) as Right[]).filter((name) => 'internal' in RIGHTS[name]);
  expect(internal.length).toBeGreaterThan(1);
  for (const name of Object.keys(RIGHTS) as Right[]) {
    expect(securityRoles.rightsOf(user('a', 'ADMIN')).has(name)).toBe(!internal.includes(name));
    expect(securityRoles.rightsOf(user('s', 'SYSTEM')).has(name)).toBe(true);
  }
  for (const operation of WITH_RIGHTS)
    expect(pointOf(set).allows(user('a', 'ADMIN'), operation, resourceOf(operation))).toBe(true);
});

test.each([
  [{ kind: 'security-rol', id: 'a', value: {} }, 'Did you mean security-role?'],
  [{ kind: 'security-role', id: '', value: { rights: [] } }, 'needs the id'],
  [{ kind: 'security-role', id: 'a', value: { rights: ['Todo:Proces'] } }, 'Did you mean Todo:Process?'],
  [{ kind: 'security-role', id: 'a', value: { rights: 'Todo:Process' } }, 'takes a list of rights'],
  [{ kind: 'security-role', id: 'a', value: { right: [] } }, 'Did you mean rights?'],
  [{ kind: 'security-role', id: '*', value: { rights: [] } }, 'needs a name'],
  [{ kind: 'security-role', id: 'a', value: { rights: [], says: 1 } }, 'has a description'],
  [{ kind: 'security-role', id: 'a', value: undefined }, 'must be an object'],
  [{ kind: 'security-role', id: 'a', vlaue: {} }, 'Did you mean value?'],
  [{ kind: 'security-role-holder', id: 'a', value: { role: 'a', user: 'ann' } }, 'must have the id'],
  [
    { kind: 'security-role-holder', id: 'a', value: { role: 'a', user: 'b', group: 'c' } },
    'one user or one group',
  ],
  [{ kind: 'security-role-holder', id: 'a', value: { role: 'a', user: { $ne: '' } } }, 'needs a name'],
  ['change', 'must be an object'],
])('what is no policy is refused, naming what was met: %j', (change, message) => {
  expect(() => readChanges([change])).toThrow(
    expect.objectContaining({
      code: 'bad-policy',
      message: expect.stringContaining(message) as unknown,
    }) as Error,
  );
});

test('a stored entry of an unknown kind is not ignored', () => {
  expect(POLICY_KINDS).not.toContain('of-the-future');
  const set = PolicySet.EMPTY.with(1, [{ kind: 'of-the-future', id: 'a', value: {} }]);
  expect(() => compileSet(set)).toThrow('of-the-future');
});

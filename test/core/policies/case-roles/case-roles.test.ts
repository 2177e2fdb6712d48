import { createDecisionPoint, type DecisionPoint } from '../../../../src/core/decision/decision-point.js';
import { HiddenFields } from '../../../../src/core/fields/hidden-fields.js';
import { CaseRoles, type CaseRolesOptions } from '../../../../src/core/policies/case-roles/case-roles.js';
import { taskRulesPolicy } from '../../../../src/core/policies/task-rules.js';
import { readChanges } from '../../../../src/core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../../../src/core/principal.js';
import type { Operation } from '../../../../src/core/operation.js';
import type { Facts } from '../../../../src/core/policy.js';
import type { Resource } from '../../../../src/core/resource.js';

type Fields = Readonly<Record<string, unknown>>;

const owner = new SecureUser({ userName: 'olga' });
const member = new SecureUser({ userName: 'max', userGroups: ['staff'] });
const stranger = new SecureUser({ userName: 'sam' });

const CASE = {
  isCase: true,
  caseHolders: { users: ['olga'], groups: ['staff'] },
  caseRoles: { owner: { users: ['olga'], groups: [] }, participant: { users: [], groups: ['staff'] } },
};

/** A task of an instance that sam started; a case unless `guard` says otherwise. */
function resource(item: Fields = {}, guard: Fields = CASE): Resource {
  const one = { id: 'i', elementId: 'T', type: 'bpmn:UserTask', status: 'wait', assignee: 'sam', ...item };
  return {
    item: one,
    instance: { id: 'c', name: 'Claim', guard: { startedBy: 'sam', ...guard }, items: [one] },
  };
}
const whole = ({ instance }: Resource): Resource => ({ ...(instance && { instance }) });

const configured = (...changes: PolicyChange[]): PolicySet => PolicySet.EMPTY.with(1, readChanges(changes));
const restricted = (id: string, roles: readonly string[]): PolicyChange => ({
  kind: 'case-operation',
  id,
  value: { roles },
});
const pointOf = (set = PolicySet.EMPTY, options?: CaseRolesOptions): DecisionPoint =>
  createDecisionPoint([taskRulesPolicy, new CaseRoles(set, options)]);

/** Who of owner, member and stranger may do it. */
const who = (point: DecisionPoint, operation: Operation, on: Resource, facts?: Facts): string[] =>
  [owner, member, stranger]
    .filter((principal) => point.allows(principal, operation, on, facts))
    .map(({ userName }) => userName);

describe('an instance of a model that declares roles', () => {
  test('is read by those who hold a role in it, and by nobody else, not even its starter', () => {
    expect(who(pointOf(), 'instance:read', whole(resource()))).toEqual(['olga', 'max']);
  });

  test('is open to its starter too if case roles leave visibility to other policies', () => {
    const point = pointOf(PolicySet.EMPTY, { visibility: false });
    expect(who(point, 'instance:read', whole(resource()))).toEqual(['olga', 'max', 'sam']);
  });

  test('shows its user tasks to whom the task rules show them, and its other items to each holder', () => {
    expect(who(pointOf(), 'task:read', resource({ assignee: 'max' }))).toEqual(['max']);
    expect(who(pointOf(), 'task:read', resource({ assignee: 'sam' }))).toEqual([]);
    const script = resource({ type: 'bpmn:ScriptTask', assignee: undefined });
    expect(who(pointOf(), 'task:read', script)).toEqual(['olga', 'max']);
  });

  test('is commented by those in a role, and receives their messages', () => {
    for (const operation of ['instance:comment', 'instance:message', 'instance:signal'] as const)
      expect([operation, who(pointOf(), operation, resource({ type: 'bpmn:ReceiveTask' }))]).toEqual([
        operation,
        ['olga', 'max'],
      ]);
  });

  test('is cancelled by its owner alone, until the policies name other roles', () => {
    const on = whole(resource());
    expect(who(pointOf(), 'instance:cancel', on)).toEqual(['olga']);
    expect(
      who(pointOf(configured(restricted('CANCEL_CASE', ['participant']))), 'instance:cancel', on),
    ).toEqual(['max']);
    expect(who(pointOf(configured(restricted('CANCEL_CASE', []))), 'instance:cancel', on)).toEqual([]);
  });

  test('is changed by everybody in a role; where the two operations of its data differ, each by its own roles', () => {
    const on = whole(resource());
    expect(who(pointOf(), 'instance:data', on)).toEqual(['olga', 'max']);
    const point = pointOf(configured(restricted('REMOVE_DATA', ['owner'])));
    expect(who(point, 'instance:data', on)).toEqual(['olga']);
    expect(who(point, 'instance:data', on, { caseOperation: 'ADD_DATA' })).toEqual(['olga', 'max']);
    expect(who(point, 'instance:data', on, { caseOperation: 'REMOVE_DATA' })).toEqual(['olga']);
  });

  test('lets comments of others be changed by the roles that may, and needs no role for one of your own', () => {
    const on = whole(resource());
    const point = pointOf(configured(restricted('MODIFY_COMMENT', ['owner'])));
    expect(who(point, 'instance:comment', on)).toEqual(['olga', 'max']);
    expect(who(point, 'instance:comment', on, { caseOperation: 'MODIFY_COMMENT' })).toEqual(['olga']);
  });

  test('is given reasons that name the operation and its roles', () => {
    const no = pointOf().decide(member, 'instance:cancel', whole(resource()));
    expect(no.reasons.map(({ policy, says }) => [policy, says])).toContainEqual([
      'case-roles',
      'only a role of the case may CANCEL_CASE (CANCEL_CASE: owner, admin)',
    ]);
    const closed = pointOf(configured(restricted('CANCEL_CASE', [])));
    expect(
      closed.decide(member, 'instance:cancel', whole(resource())).reasons.map(({ says }) => says),
    ).toContain('only a role of the case may CANCEL_CASE (CANCEL_CASE: nobody)');
    const yes = pointOf().decide(member, 'instance:data', whole(resource()));
    expect(yes.reasons.map(({ says }) => says)).toContainEqual(
      'a role of the case may ADD_DATA and REMOVE_DATA (ADD_DATA: everybody in a role; REMOVE_DATA: everybody in a role)',
    );
  });
});

describe('an instance of another model', () => {
  const plain = resource({}, {});

  test('is not concerned', () => {
    for (const operation of ['instance:read', 'instance:cancel', 'instance:data'] as const)
      expect([operation, who(pointOf(), operation, whole(plain))]).toEqual([
        operation,
        who(createDecisionPoint([taskRulesPolicy]), operation, whole(plain)),
      ]);
    expect(who(pointOf(), 'task:read', plain)).toEqual(['sam']);
  });

  test('gives nothing to whom it names as holders of roles that it does not declare', () => {
    const forged = resource({}, { caseHolders: CASE.caseHolders, caseRoles: CASE.caseRoles });
    expect(who(pointOf(), 'instance:read', whole(forged))).toEqual(['sam']);
    expect(who(pointOf(), 'instance:cancel', whole(forged))).not.toContain('olga');
  });
});

test('starting an instance, also by a message, and reading models are no business of case roles', () => {
  const policy = new CaseRoles(PolicySet.EMPTY);
  const asked = (operation: Operation, facts: Facts = {}) => policy.answer(owner, operation, facts);
  expect(asked('instance:message', { starts: true })).toEqual({});
  for (const operation of ['instance:start', 'model:read', 'system:audit'] as const)
    expect(asked(operation)).toEqual({});
});

test('one answer is made for each operation, and kept', () => {
  const policy = new CaseRoles(PolicySet.EMPTY);
  const read = policy.answer(owner, 'instance:read', {});
  expect(policy.answer(member, 'instance:read', {})).toBe(read);
  expect(policy.answer(member, 'instance:cancel', {})).toBe(policy.answer(owner, 'instance:cancel', {}));
  expect(policy.answer(owner, 'instance:cancel', {})).not.toBe(read);
});

describe('a field of a case', () => {
  const set = configured(
    { kind: 'case-field', id: 'data.pay', value: { roles: ['owner'] } },
    { kind: 'case-field', id: 'data.note', value: { roles: [], models: ['Order'] } },
    { kind: 'case-field', id: 'data.plan', value: { roles: [], models: ['Claim'] } },
    { kind: 'case-field', id: 'data.goal', value: { roles: [] } },
  );
  const shown = (principal: SecureUser, name: string, guard: Fields = CASE): unknown => {
    const hidden = HiddenFields.of(pointOf(set).fields(principal), principal);
    const instance = { name, guard, data: { pay: 1, note: 2, plan: 4, goal: 5, rest: 3 } };
    return (hidden?.cut(instance) ?? instance).data;
  };

  test('is seen by the roles named for it', () => {
    expect(shown(owner, 'Claim')).toEqual({ pay: 1, note: 2, rest: 3 });
    expect(shown(member, 'Claim')).toEqual({ note: 2, rest: 3 });
  });

  test('is hidden in the named models only, and in cases only', () => {
    expect(shown(owner, 'Order')).toEqual({ pay: 1, plan: 4, rest: 3 });
    expect(shown(member, 'Order', {})).toEqual({ pay: 1, note: 2, plan: 4, goal: 5, rest: 3 });
  });
});

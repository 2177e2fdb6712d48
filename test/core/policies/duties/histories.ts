import { createDecisionPoint, type DecisionPoint } from '../../../../src/core/decision/decision-point.js';
import { compileSet, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { taskRulesPolicy } from '../../../../src/core/policies/task-rules.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';
import { SecureUser } from '../../../../src/core/principal.js';
import type { Resource } from '../../../../src/core/resource.js';

export const user = (userName: string, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName, userGroups });
export const [kim, lee, mia] = [user('kim', 'staff'), user('lee', 'staff'), user('mia', 'staff')];

type Fields = Readonly<Record<string, unknown>>;

/** A policy set with these duties, by name. */
export const setOf = (duties: Readonly<Record<string, unknown>>): PolicySet =>
  PolicySet.EMPTY.with(
    1,
    readChanges(Object.entries(duties).map(([id, value]) => ({ kind: 'duty', id, value }))),
  );

export const pointOf = (duties: Readonly<Record<string, unknown>>): DecisionPoint =>
  createDecisionPoint([taskRulesPolicy, ...compileSet(setOf(duties)).policies]);

let count = 0;
const item = (elementId: string, fields: Fields, guard: Fields = {}) => ({
  id: `t${++count}`,
  elementId,
  type: 'bpmn:UserTask',
  status: 'wait',
  candidateGroups: ['staff'],
  ...fields,
  guard,
});

/** A waiting task that anybody of the staff may take. */
export const waits = (elementId: string) => item(elementId, {});
export const heldBy = (elementId: string, assignee: string, owner?: string) =>
  item(elementId, { assignee }, owner === undefined ? {} : { owner });
export const doneBy = (elementId: string, completedBy: string) =>
  item(elementId, { status: 'end', endedAt: new Date(0), assignee: completedBy }, { completedBy });
/** A finished task of which nobody recorded who did it. */
export const doneByUnknown = (elementId: string) => item(elementId, { status: 'end', endedAt: new Date(0) });
export const ended = (elementId: string, status: string, assignee: string) =>
  item(elementId, { status, endedAt: null, assignee });

export type Item = ReturnType<typeof item>;

/** The task that `one` is, in an instance with the others. */
export function among(one: Item, others: readonly Item[], fields: Fields = {}, guard: Fields = {}): Resource {
  const instance = {
    id: 'i',
    name: 'M',
    status: 'running',
    data: {},
    ...fields,
    items: [one, ...others],
    guard: { rev: 1, startedBy: 'starter', ...guard },
  };
  return { item: one, instance };
}

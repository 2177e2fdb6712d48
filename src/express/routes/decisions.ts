import { BadInput } from '../../core/errors.js';
import { asOperation } from '../../core/operation.js';
import type { Resource } from '../../core/resource.js';
import type { CaseOperation, DecisionAbout } from '../../engine/contract/types.js';
import { member, ref } from './common.js';
import { optional, text } from './param.js';
import { route, type Route } from './route.js';

const ABOUT = {
  operation: text('The operation, as in the catalogue: `task:execute`.'),
  itemId: optional(text('The resource: a task, by its id.')),
  instanceId: optional(text('Or the instance, by its id.')),
  model: optional(text('Or the model, by its name.')),
  caseOperation: optional(
    text(
      'Which case operation is asked for, such as `ADD_DATA` of `instance:data`; all of them if it is missing.',
    ),
  ),
};

interface Names {
  readonly itemId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly model?: string | undefined;
}

/** A resource by its id only: the rest is read from the store, not taken from the caller. */
function resourceOf({ itemId, instanceId, model }: Names): Resource {
  if ([itemId, instanceId, model].filter((name) => name !== undefined).length > 1)
    throw new BadInput('bad-request', 'Name one of itemId, instanceId and model.');
  if (itemId !== undefined) return { item: { id: itemId } };
  if (instanceId !== undefined) return { instance: { id: instanceId } };
  return model === undefined ? {} : { model: { name: model } };
}

/** The names are checked by the guard, which knows those of the operation. */
const aboutOf = (caseOperation: string | undefined): DecisionAbout =>
  caseOperation === undefined ? {} : { caseOperation: caseOperation as CaseOperation };

/** Decisions about the caller itself; those about others are not revealed. */
export const DECISIONS: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/can',
    id: 'can',
    face: 'ours',
    says: 'Whether the caller may perform the operation; false also if it may not read the resource.',
    operation: 'task:read',
    takes: ABOUT,
    answers: member('allowed', { type: 'boolean' }),
    run: async ({ guard, principal }, { operation, caseOperation, ...names }) => ({
      allowed: await guard.can(principal, asOperation(operation), resourceOf(names), aboutOf(caseOperation)),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/explain',
    id: 'explain',
    face: 'ours',
    says: 'The decision, with the result of each rule; not found if the caller may not read the resource.',
    operation: 'task:read',
    takes: ABOUT,
    answers: ref('Decision'),
    run: ({ guard, principal }, { operation, caseOperation, ...names }) =>
      guard.explain(principal, asOperation(operation), resourceOf(names), aboutOf(caseOperation)),
  }),
];

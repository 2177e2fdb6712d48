import { BadInput } from '../../core/errors.js';
import { asOperation } from '../../core/operation.js';
import type { Resource } from '../../core/resource.js';
import { member, ref } from './common.js';
import { optional, text } from './param.js';
import { route, type Route } from './route.js';

const ABOUT = {
  operation: text('The operation, as the catalogue names it: `task:execute`.'),
  itemId: optional(text('The task that it is asked of, by its id.')),
  instanceId: optional(text('Or the instance, by its id.')),
  model: optional(text('Or the model, by its name.')),
};

interface Names {
  readonly itemId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly model?: string | undefined;
}

/** A resource by its id alone: what a caller says of it beyond that must not be believed. */
function resourceOf({ itemId, instanceId, model }: Names): Resource {
  if ([itemId, instanceId, model].filter((name) => name !== undefined).length > 1)
    throw new BadInput('bad-request', 'Name one of itemId, instanceId and model.');
  if (itemId !== undefined) return { item: { id: itemId } };
  if (instanceId !== undefined) return { instance: { id: instanceId } };
  return model === undefined ? {} : { model: { name: model } };
}

/** What the caller itself may do; of others nothing is told. */
export const DECISIONS: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/can',
    id: 'can',
    face: 'ours',
    says: 'Whether the caller may do it; false as well for what it may not read.',
    operation: 'task:read',
    takes: ABOUT,
    answers: member('allowed', { type: 'boolean' }),
    run: async ({ guard, principal }, { operation, ...names }) => ({
      allowed: await guard.can(principal, asOperation(operation), resourceOf(names)),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/explain',
    id: 'explain',
    face: 'ours',
    says: 'The decision about it, with what each rule said; not found for what the caller may not read.',
    operation: 'task:read',
    takes: ABOUT,
    answers: ref('Decision'),
    run: ({ guard, principal }, { operation, ...names }) =>
      guard.explain(principal, asOperation(operation), resourceOf(names)),
  }),
];

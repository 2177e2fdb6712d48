import type { Decision } from '../../core/decision/decision.js';
import { BadInput, CouldNotTell, notFound } from '../../core/errors.js';
import { OPERATIONS, type Operation } from '../../core/operation.js';
import { unknownName } from '../../core/options.js';
import type { Facts } from '../../core/policy.js';
import type { Resource } from '../../core/resource.js';
import { asCaseOperations } from '../../core/policies/case-roles/case-roles.js';
import { isObject, show } from '../../core/value.js';

import type { StartFacts } from '../model/model-facts.js';
import type { DecisionAbout } from '../contract/types.js';
import type { Target } from './audit.js';
import { STARTS, type Call } from './call.js';
import type { StoredItem } from '../../store/port.js';
import type { CommandParts } from './command-parts.js';
import type { Effect } from './effect.js';
import { factsOfModel } from './model-access.js';
import { startFacts } from './starting.js';
import { rejectersOf } from './stuck.js';
import { ESCALATE, REJECT, UNDO_REJECT } from './task-admission.js';
import { isKnown } from './unread-task.js';

type Parts = Pick<CommandParts, 'calls' | 'reads' | 'models'>;

/** A stored resource, whether the principal may read it, and the facts for the operation. */
interface Found {
  readonly resource: Resource;
  readonly readable: boolean;
  readonly facts?: Facts | undefined;
}

const NAMED_BY = {
  item: '{ item: { id } }',
  instance: '{ instance: { id } }',
  model: '{ model: { name } }',
  start: '{ start: { elementId } }',
} as const;

/** Maximum length of ids and names in the audit trail. */
const LONGEST = 100;

const textAt = (record: Readonly<Record<string, unknown>> | undefined, field: string): string | undefined => {
  const value = record?.[field];
  return typeof value === 'string' ? value : undefined;
};

/** What a question is about, for the audit trail. */
export function targetOf(operation: Operation, given: unknown): Target {
  const { kind } = OPERATIONS[operation];
  if (!isObject(given)) return { kind };
  const { item, instance, model } = given as Resource;
  const [id, name] = [textAt(item ?? instance, 'id'), textAt(model, 'name')];
  return {
    kind,
    ...(id !== undefined && { id: id.slice(0, LONGEST) }),
    ...(name !== undefined && { name: name.slice(0, LONGEST) }),
  };
}

/**
 * A part with an unknown name or given as its bare id would be taken for a missing one, and the answer for a refusal.
 * @throws BadInput `bad-request`
 */
function assertResource(given: unknown): void {
  if (!isObject(given))
    throw new BadInput(
      'bad-request',
      `A resource must be an object such as { item: { id } }, got ${show(given)}.`,
    );
  const parts = ['item', 'instance', 'model', 'start'] as const;
  const strange = Object.keys(given as Resource).find((name) => !parts.some((part) => part === name));
  if (strange !== undefined)
    throw new BadInput(
      'bad-request',
      `A resource has no part ${show(strange)}. ${unknownName(strange, parts)}`,
    );
  for (const part of parts) {
    const value = (given as Resource)[part];
    if (value !== undefined && !isObject(value))
      throw new BadInput(
        'bad-request',
        `The ${part} of a resource must be an object such as ${NAMED_BY[part]}, got ${show(value)}.`,
      );
  }
}

/**
 * The effects that some have on tasks which they do not find, by their operations: a starter escalates what others do,
 * and who has rejected a task takes that back.
 */
function effectOn(operation: Operation, { guard = {} }: StoredItem, { principal }: Call): Effect | undefined {
  if (operation === 'task:escalate') return ESCALATE;
  if (operation !== 'task:reject') return undefined;
  return rejectersOf(guard).includes(principal.userName) ? UNDO_REJECT : REJECT;
}

async function foundTask(
  { reads }: Parts,
  call: Call,
  operation: Operation,
  given: Resource,
): Promise<Found | undefined> {
  const itemId = textAt(given.item, 'id');
  if (itemId === undefined) return undefined;
  const instanceId = textAt(given.instance, 'id') ?? textAt(given.item, 'instanceId');
  const instance = await reads.wholeOfItem(itemId, instanceId);
  const item = instance?.items?.find((entry) => entry.id === itemId);
  if (instance === undefined || item === undefined) return undefined;
  const resource = { item, instance };
  const effect = effectOn(operation, item, call);
  if (effect === undefined) return { resource, readable: call.allows('task:read', resource) };
  return { resource, readable: isKnown(call, resource, effect), facts: effect.facts };
}

async function foundInstance({ reads }: Parts, call: Call, given: Resource): Promise<Found | undefined> {
  const id = textAt(given.instance, 'id');
  const instance = id === undefined ? undefined : await reads.whole(id);
  return instance && { resource: { instance }, readable: call.mayReadInstance(instance) };
}

async function foundModel(
  parts: Parts,
  call: Call,
  operation: Operation,
  given: Resource,
): Promise<Found | undefined> {
  const { calls } = parts;
  const name = textAt(given.model, 'name');
  const model =
    name === undefined ? undefined : await calls.store.models.get(name, call.principal.owner ?? null);
  if (model === undefined) return undefined;
  const ofReading = await factsOfModel(calls, call, model);
  const readable = call.allows('model:read', { model }, ofReading);
  if (operation === 'model:read') return { resource: { model }, readable, facts: ofReading };
  const start = startOf(await startFacts(parts, model), given);
  const starts = OPERATIONS[operation].kind === 'instance';
  if ((starts || operation === 'instance:start') && start === undefined) return undefined;
  return { resource: { model, ...(start && { start }) }, readable, ...(starts && { facts: STARTS }) };
}

/** The stored start event; the first one if none is named. */
function startOf(starts: readonly StartFacts[], { start }: Resource): StartFacts | undefined {
  if (start === undefined) return starts[0];
  const id = textAt(start, 'elementId');
  return starts.find(({ elementId }) => elementId === id);
}

async function find(
  parts: Parts,
  call: Call,
  operation: Operation,
  given: Resource,
): Promise<Found | undefined> {
  assertResource(given);
  switch (OPERATIONS[operation].kind) {
    case 'task':
      return foundTask(parts, call, operation, given);
    case 'instance':
      return given.model !== undefined && given.instance === undefined
        ? foundModel(parts, call, operation, given)
        : foundInstance(parts, call, given);
    case 'model':
      return foundModel(parts, call, operation, given);
    case 'system':
      return { resource: {}, readable: true };
  }
}

const ABOUT = ['caseOperation'] as const;

/**
 * The facts of a question: which of the case operations of the operation is asked for.
 * @throws BadInput `bad-request`
 */
function asked(operation: Operation, about: unknown): Facts | undefined {
  if (about === undefined || about === null) return undefined;
  if (!isObject(about))
    throw new BadInput('bad-request', `The question must be { caseOperation }, got ${show(about)}.`);
  const strange = Object.keys(about).find((name) => !ABOUT.some((known) => known === name));
  if (strange !== undefined)
    throw new BadInput(
      'bad-request',
      `Unknown part of a question: ${show(strange)}. ${unknownName(strange, ABOUT)}`,
    );
  const { caseOperation: given } = about as DecisionAbout;
  if (given === undefined) return undefined;
  const known = asCaseOperations(operation);
  const caseOperation = known.find((name) => name === given);
  if (caseOperation === undefined)
    throw new BadInput(
      'bad-request',
      `The case operations of ${operation} are ${known.join(', ') || 'none'}, got ${show(given)}.`,
    );
  return { caseOperation };
}

/**
 * The decision about one resource, with its reasons. The caller names the resource by its ids; everything else is
 * read from the store.
 * @throws AccessDenied `not-found` if the principal may not read it, since the reasons would reveal it;
 * BadInput `bad-request`; CouldNotTell
 */
export async function explain(
  parts: Parts,
  call: Call,
  operation: Operation,
  given: Resource,
  about?: DecisionAbout,
): Promise<Decision> {
  const facts = asked(operation, about);
  const found = await find(parts, call, operation, given);
  if (found?.readable !== true) throw notFound(OPERATIONS[operation].kind);
  const all = facts ? { ...found.facts, ...facts } : found.facts;
  const decision = call.told(call.decide(operation, found.resource, all), found.resource, all);
  if (decision.couldNotTell !== undefined) {
    call.recordUntold(decision);
    const failure = new CouldNotTell('could-not-tell', decision.couldNotTell);
    await parts.calls.refused(call.principal, operation, targetOf(operation, given), failure);
  }
  return decision;
}

/**
 * Asserts that the principal may perform the operation.
 * @throws AccessDenied `forbidden` or `not-found`; BadInput `bad-request`; CouldNotTell
 */
export async function assertAllowed(
  parts: Parts,
  call: Call,
  operation: Operation,
  given: Resource,
): Promise<void> {
  const found = await find(parts, call, operation, given);
  if (found === undefined) throw notFound(OPERATIONS[operation].kind);
  call.assert(operation, found.resource, found.readable, found.facts);
}

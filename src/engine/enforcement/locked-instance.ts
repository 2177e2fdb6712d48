import type { Decision } from '../../core/decision/decision.js';
import { notFound } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import type { Facts } from '../../core/policy.js';
import type { StoredInstance, StoredItem } from '../../store/port.js';
import type { GuardEvent } from '../contract/types.js';
import type { Command } from '../execution/command.js';
import type { Call } from './call.js';
import type { CommandParts } from './command-parts.js';
import type { Done } from './done.js';

/** An instance under its lock, with the call made again there and the decision. */
export interface Locked {
  readonly call: Call;
  readonly instance: StoredInstance;
  readonly decision: Decision;
  readonly command: Command;
}

/** True if an instance is still as it was found at a revision; one without a guard counts none. */
export const isUnchanged = (instance: StoredInstance, rev: number | undefined): boolean =>
  rev !== undefined && rev === instance.guard?.rev;

/** Whether a query finds for the caller now what it found before: neither the policies nor the caller changed. */
export const findsAsBefore = (before: Call, now: Call): boolean =>
  before.inForce.set === now.inForce.set && before.principal === now.principal;

/** What an operation on an instance is about. */
export interface About {
  /** The item of the instance, if it is about one. */
  readonly item?: StoredItem;
  /** Facts for the policies. */
  readonly facts?: Facts;
}

/**
 * Takes the lock, reads again, decides, then runs `work`. It also decides before, so that a
 * principal who is refused does not wait for the lock.
 * @returns what `work` returned, and the call by which it is to be shown
 * @param target the instance, as this call has just found it, or its id
 */
export async function onLocked<T>(
  { runner, reads }: CommandParts,
  call: Call,
  target: StoredInstance | string,
  operation: Operation,
  work: (locked: Locked) => Promise<T>,
  { item, facts }: About = {},
): Promise<Done<T>> {
  const decide = (asker: Call, instance: StoredInstance): Decision =>
    asker.assert(operation, { instance, ...(item && { item }) }, asker.mayReadInstance(instance), facts);
  const found = typeof target === 'string' ? await reads.whole(target) : target;
  if (found === undefined) throw notFound('instance');
  decide(call, found);
  let now = call;
  const underLock = async (): Promise<undefined> => {
    now = await call.again();
  };
  const locked = (command: Command, instance: StoredInstance): Promise<T> =>
    work({ call: now, instance, decision: decide(now, instance), command });
  const result = await runner.onInstance(found.id, call.principal, locked, { underLock });
  return { call: now, result };
}

/** Of an instance and those below it: the ids that the principal, who acted on the first one, may know. */
export async function knownIds(
  { reads }: CommandParts,
  call: Call,
  [id, ...below]: readonly string[],
): Promise<string[]> {
  const readable = await reads.readableIds(call, below);
  return [...(id === undefined ? [] : [id]), ...below.filter((one) => readable.has(one))];
}

/** Writes an audit entry, and notifies, once the command is stored. */
export function recordInstance(
  { calls }: CommandParts,
  { call, instance, decision, command }: Locked,
  name?: string,
  event?: GuardEvent['event'],
): void {
  const { id } = instance;
  const { audit, events } = calls;
  const { userName } = call.principal;
  const { operation } = decision;
  command.afterwards.push(async () => {
    const target = { kind: 'instance', id, instanceId: id, ...(name === undefined ? {} : { name }) };
    await audit.allowed(call.principal, operation, target, decision);
    const modelName = instance.name === undefined ? {} : { modelName: instance.name };
    if (event !== undefined) events.emit({ event, userName, operation, instanceId: id, ...modelName });
  });
}

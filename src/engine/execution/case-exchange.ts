import type { InstanceGuard, StoredInstance } from '../../store/port.js';
import { isPartOfCase, mergeFacts, taskFacts, type CaseFacts } from '../model/case-facts.js';
import type { Command } from './command.js';

/** What a called process learns about its callers when it starts. */
export function calledBy(caller: {
  readonly id: string;
  readonly parentItemId?: unknown;
  readonly guard?: unknown;
}): CaseFacts {
  const { root, callers = [], startedBy } = (caller.guard ?? {}) as Partial<InstanceGuard>;
  const isTop = typeof caller.parentItemId !== 'string';
  // Where that is not known of the caller, it is not known of the called process.
  if (startedBy === undefined || (root === undefined && !isTop)) return {};
  return { root: root ?? caller.id, callers: [...new Set([startedBy, ...callers])] };
}

/** Writes what a command has learnt into its instances, and lets those of one case tell each other. */
export function exchangeFacts(command: Command, all: readonly StoredInstance[]): void {
  const members = all.filter(isPartOfCase);
  for (const instance of members) {
    const guard = instance.guard as InstanceGuard;
    Object.assign(guard, command.learnt.get(instance.id));
    const rootOf = ({ id, guard: other }: StoredInstance): string => other?.root ?? id;
    const others = members.filter((other) => other !== instance && rootOf(other) === rootOf(instance));
    const told = others.map((other) => taskFacts(other, other.guard));
    if (told.length > 0) guard.did = mergeFacts(guard.did ?? [], ...told);
    if (command.learnt.has(instance.id)) guard.untold = true;
  }
}

import { guardOf } from '../execution/commit.js';
import { keptFor } from '../execution/kept.js';
import type { HostExecution } from '../model/host.js';
import { withHolder, type Holders } from '../model/labels.js';
import type { LockedTask } from './command-parts.js';

/** Keeps the labels for the user for good. They are written with the command. */
export function win(execution: HostExecution, labels: readonly string[], userName: string): void {
  if (labels.length === 0) return;
  const guard = guardOf(execution.instance);
  guard.won = withHolder(guard.won, labels, userName);
}

/** Reserves labels with a task, in place of those that it reserved before. They are written with the command. */
export function reserve(execution: HostExecution, itemId: string, labels: Holders): void {
  const kept = keptFor(execution, itemId);
  const held = Object.entries(labels).filter(([, names]) => names.length > 0);
  if (held.length === 0) {
    delete kept.labels;
    return;
  }
  kept.labels = Object.fromEntries(held);
  guardOf(execution.instance).won ??= {};
}

/** The labels that the caller wins by completing the task: those it has reserved, and those of rules that allow it. */
export function labelsOfDoing({
  call: { principal, inForce },
  instance,
  item,
}: LockedTask): readonly string[] {
  const reserved = Object.entries(item.guard?.labels ?? {})
    .filter(([, names]) => names.includes(principal.userName))
    .map(([label]) => label);
  return [...new Set([...reserved, ...inForce.grid.labelsWonBy(principal, { instance, item })])];
}

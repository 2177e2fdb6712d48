import { CALL_ACTIVITY, USER_TASK } from '../../core/condition/element-types.js';
import { itemsOf } from '../../store/query/stored.js';
import type { InstanceGuard, StoredInstance, StoredItem, TaskFact } from '../../store/port.js';
import { namesIn } from './names.js';

/** What an instance knows of the other instances of its case. */
export type CaseFacts = Pick<InstanceGuard, 'root' | 'callers' | 'did'>;

const UNDONE: ReadonlySet<unknown> = new Set(['enter', 'start', 'wait']);

/** True for an instance that calls others, or is called. */
export const isPartOfCase = (instance: StoredInstance): boolean =>
  typeof instance.parentItemId === 'string' || itemsOf(instance).some(({ type }) => type === CALL_ACTIVITY);

const joined = (a: readonly string[] | undefined, b: readonly string[] | undefined): string[] =>
  [...new Set([...(a ?? []), ...(b ?? [])])].sort();

/** Several lists of facts as one, with one entry per task. */
export function mergeFacts(...lists: readonly (readonly TaskFact[])[]): TaskFact[] {
  const merged = new Map<string, TaskFact>();
  for (const fact of lists.flat()) {
    const key = JSON.stringify([fact.model, fact.task]);
    const known = merged.get(key);
    const [done, held] = [joined(known?.done, fact.done), joined(known?.held, fact.held)];
    merged.set(key, {
      model: fact.model,
      task: fact.task,
      ...(done.length > 0 && { done }),
      ...(held.length > 0 && { held }),
      ...((known?.unknown === true || fact.unknown === true) && { unknown: true }),
    });
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact);
}

/** What remains known of an instance that is gone: what was done. */
export const pastFacts = (facts: readonly TaskFact[]): TaskFact[] =>
  mergeFacts(
    facts
      .map(({ held: _held, ...past }): TaskFact => past)
      .filter(({ done, unknown }) => done !== undefined || unknown === true),
  );

/** Which user tasks of the instance are done and held, and by whom. */
export function taskFacts(instance: StoredInstance, guard: InstanceGuard | undefined): TaskFact[] {
  const [model] = namesIn(instance.name);
  if (model === undefined) return [];
  const runs = instance.status === 'running';
  const ofItem = (item: StoredItem): TaskFact[] => {
    if (item.type !== USER_TASK || typeof item.elementId !== 'string') return [];
    const kept = guard?.items?.[item.id] ?? item.guard ?? {};
    const done = namesIn(kept.completedBy);
    const held = runs && UNDONE.has(item.status) ? [...namesIn(item.assignee), ...namesIn(kept.owner)] : [];
    // A task that was cut off has no end.
    const isDone = item.status === 'end' && item.endedAt !== null && item.endedAt !== undefined;
    const unknown = isDone && done.length === 0;
    if (done.length + held.length === 0 && !unknown) return [];
    return [{ model, task: item.elementId, done, held, ...(unknown && { unknown }) }];
  };
  return mergeFacts(itemsOf(instance).flatMap(ofItem));
}

import { isDeepStrictEqual } from 'node:util';
import type { InSteps } from '../../core/in-steps.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';

const keyOf = ({ kind, id }: Pick<PolicyChange, 'kind' | 'id'>): string => JSON.stringify([kind, id]);

/**
 * The changes that give a set the stated values, in steps. An entry that has its value is left alone, unless it is
 * stated by a file and comes from another one.
 * @param drops which of the entries that are not stated are removed
 */
export function* statedChanges(
  set: PolicySet,
  stated: readonly PolicyChange[],
  drops: (entry: PolicyChange) => boolean,
): InSteps<PolicyChange[]> {
  const named = new Set(stated.map(keyOf));
  const changes: PolicyChange[] = [];
  for (const entry of set.changes()) {
    const { kind, id } = entry;
    if (drops(entry) && !named.has(keyOf(entry))) changes.push({ kind, id, value: null });
    yield;
  }
  const isThere = ({ kind, id, value, file }: PolicyChange): boolean =>
    (file === undefined || set.fileOf(kind, id) === file) && isDeepStrictEqual(set.of(kind).get(id), value);
  for (const entry of stated) {
    if (!isThere(entry)) changes.push(entry);
    yield;
  }
  return changes;
}

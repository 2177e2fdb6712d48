import { isDeepStrictEqual } from 'node:util';
import type { PolicyChange, PolicySet } from '../../core/policy-set.js';

const keyOf = ({ kind, id }: Pick<PolicyChange, 'kind' | 'id'>): string => JSON.stringify([kind, id]);

/**
 * The changes by which a set says what is stated. An entry that has that value is left alone, unless it is stated by a
 * file and comes from another one.
 * @param drops which of the entries that are not stated are removed
 */
export function statedChanges(
  set: PolicySet,
  stated: readonly PolicyChange[],
  drops: (entry: PolicyChange) => boolean,
): PolicyChange[] {
  const named = new Set(stated.map(keyOf));
  const gone = [...set.changes()].filter((entry) => drops(entry) && !named.has(keyOf(entry)));
  const isThere = ({ kind, id, value, file }: PolicyChange): boolean =>
    (file === undefined || set.fileOf(kind, id) === file) && isDeepStrictEqual(set.of(kind).get(id), value);
  return [
    ...gone.map(({ kind, id }) => ({ kind, id, value: null })),
    ...stated.filter((entry) => !isThere(entry)),
  ];
}

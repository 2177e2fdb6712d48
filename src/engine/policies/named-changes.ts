import type { PolicyChange } from '../../core/policy-set/policy-set.js';

/** Changes that an audit entry names; the log of the policies has all of them. */
const MOST_NAMED = 20;

/** What an audit entry says of a new version. */
export const changesIn = (version: number, changes: readonly PolicyChange[]): Record<string, unknown> => ({
  version,
  changes: changes
    .slice(0, MOST_NAMED)
    .map(({ kind, id, value }) => `${value === null ? '-' : '+'} ${kind} ${id}`),
  count: changes.length,
});

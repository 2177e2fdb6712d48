import type { PolicySet } from './policy-set.js';

/** An entry that differs between two sets; a missing side: the entry is not there. */
export interface Difference {
  readonly kind: string;
  readonly id: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Values of one kind of entry are written by one reader, so that their fields come in one order. */
const sameValue = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** The entries that differ between two sets. */
export function differences(before: PolicySet, after: PolicySet): Difference[] {
  const found: Difference[] = [];
  for (const kind of new Set([...before.kinds, ...after.kinds])) {
    const [old, now] = [before.of(kind), after.of(kind)];
    if (old === now) continue;
    for (const [id, value] of old) {
      if (!now.has(id)) found.push({ kind, id, before: value });
      else if (!sameValue(value, now.get(id))) found.push({ kind, id, before: value, after: now.get(id) });
    }
    for (const [id, value] of now) if (!old.has(id)) found.push({ kind, id, after: value });
  }
  return found;
}

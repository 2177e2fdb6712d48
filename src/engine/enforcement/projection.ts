import { isPlainObject, show } from '../../core/value.js';
import { badQuery } from '../../store/query/query-input.js';

/** Maximum depth of a projection. */
const DEEPEST = 10;

/** Fields by name: each as a whole (true) or reduced to some of its subfields. */
type Fields = Map<string, Fields | true>;

function fieldsOf(names: readonly string[]): Fields {
  const fields: Fields = new Map();
  for (const name of names) {
    const parts = name.split('.');
    const last = parts.pop() as string;
    let at: Fields | true = fields;
    for (const part of parts) {
      if (at === true) break;
      const below: Fields | true = at.get(part) ?? new Map<string, Fields | true>();
      at.set(part, below);
      at = below;
    }
    if (at !== true) at.set(last, true);
  }
  return fields;
}

/** Applies the fields to a value; to a list, entry by entry. A value without fields has none of the named ones. */
function applyFields(value: unknown, fields: Fields, keeps: boolean): unknown {
  if (Array.isArray(value))
    return value.map((entry) => applyFields(entry, fields, keeps)).filter((entry) => entry !== undefined);
  if (!isPlainObject(value)) return keeps ? undefined : value;
  const entries = Object.entries(value).map(([name, entry]): [string, unknown] => {
    const below = fields.get(name);
    if (below === undefined) return [name, keeps ? undefined : entry];
    return [name, below === true ? (keeps ? entry : undefined) : applyFields(entry, below, keeps)];
  });
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
}

/** The names of a projection with their settings. Nested objects refer to subfields. */
function pairsOf(input: Record<string, unknown>, above = '', depth = 0): [string, unknown][] {
  if (depth > DEEPEST) return badQuery(`A projection may be at most ${DEEPEST} levels deep.`);
  return Object.entries(input).flatMap(([name, value]): [string, unknown][] =>
    isPlainObject(value) &&
    Object.keys(value).length > 0 &&
    !Object.keys(value).some((key) => key.startsWith('$'))
      ? pairsOf(value, `${above}${name}.`, depth + 1)
      : [[above + name, value]],
  );
}

/**
 * Parses a projection: a list of names, or an object (also nested) of 0, 1, true and false. A field that is both
 * shown and omitted is omitted. Returns a function over a finished view, so that a projection can only remove
 * fields.
 * @throws BadInput `bad-query`; also for `_id`, which no view has
 */
export function parseProjection(input: unknown): (view: Record<string, unknown>) => Record<string, unknown> {
  if (input === undefined || input === null) return (view) => view;
  const pairs: [string, unknown][] = Array.isArray(input)
    ? input.map((name) => [name as string, 1])
    : isPlainObject(input)
      ? pairsOf(input)
      : badQuery('A projection must be a list of names, or an object of 0 and 1.');
  for (const [name, value] of pairs) {
    if (typeof name !== 'string' || !/^[A-Za-z_][\w]*(\.[\w]+)*$/.test(name))
      return badQuery('A projection may only name plain fields.');
    if (value !== 0 && value !== 1 && value !== true && value !== false)
      return badQuery(`Projection of ${show(name)} must be 0, 1, true or false.`);
  }
  if (pairs.some(([name, value]) => name === '_id' && Boolean(value)))
    return badQuery('A projection cannot show _id, which no view has; name id instead.');
  const named = (shown: boolean): string[] =>
    pairs.filter(([name, value]) => Boolean(value) === shown && name !== '_id').map(([name]) => name);
  const [shown, hidden] = [named(true), named(false)];
  const [keep, drop] = [fieldsOf(['id', ...shown]), fieldsOf(hidden)];
  return (view) => {
    const kept = shown.length === 0 ? view : applyFields(view, keep, true);
    return (hidden.length === 0 ? kept : applyFields(kept, drop, false)) as Record<string, unknown>;
  };
}

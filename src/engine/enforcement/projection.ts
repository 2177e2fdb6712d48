import { isPlainObject } from '../../core/plain-object.js';
import { badQuery } from '../../store/query/caller-query.js';

/** Fields by their names, each as a whole (true) or some of what is below it. */
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

/** What is left of a value; of a list, of each of its entries. What has no fields has none of those that are named. */
function left(value: unknown, fields: Fields, keeps: boolean): unknown {
  if (Array.isArray(value))
    return value.map((entry) => left(entry, fields, keeps)).filter((entry) => entry !== undefined);
  if (!isPlainObject(value)) return keeps ? undefined : value;
  const entries = Object.entries(value).map(([name, entry]): [string, unknown] => {
    const below = fields.get(name);
    if (below === undefined) return [name, keeps ? undefined : entry];
    return [name, below === true ? (keeps ? entry : undefined) : left(entry, below, keeps)];
  });
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
}

/**
 * The fields of a projection: a list of names, or a flat object of 0, 1, true and false (spec 08, 29). What it makes is
 * a function over a finished view, so that it can only leave out.
 * @throws BadInput `bad-query`
 */
export function parseProjection(input: unknown): (view: Record<string, unknown>) => Record<string, unknown> {
  if (input === undefined || input === null) return (view) => view;
  const pairs: [string, unknown][] = Array.isArray(input)
    ? input.map((name) => [name as string, 1])
    : isPlainObject(input)
      ? Object.entries(input)
      : badQuery('A projection is a list of names, or an object of 0 and 1.');
  for (const [name, value] of pairs) {
    if (typeof name !== 'string' || !/^[A-Za-z_][\w]*(\.[\w]+)*$/.test(name))
      return badQuery('A projection names plain fields.');
    if (value !== 0 && value !== 1 && value !== true && value !== false)
      return badQuery(`Projection of ${JSON.stringify(name)} must be 0, 1, true or false.`);
  }
  if (pairs.length === 0) return (view) => view;
  const keeps = pairs.some(([name, value]) => Boolean(value) && name !== '_id');
  const names = pairs.filter(([, value]) => Boolean(value) === keeps).map(([name]) => name);
  const fields = fieldsOf(keeps ? ['id', ...names] : names);
  return (view) => left(view, fields, keeps) as Record<string, unknown>;
}

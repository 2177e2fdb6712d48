import { BadInput } from '../../core/errors.js';
import { nearest } from '../../core/options.js';
import { FORBIDDEN_KEYS } from '../../core/path.js';
import { isScalar, type Scalar } from '../../core/value.js';
import type { QueryFields } from './query-fields.js';

/** Limits of a caller's query. */
export const QUERY_LIMITS = { depth: 10, nodes: 200, list: 500, text: 2000, segments: 12 } as const;

/** Refuses a caller's query, or a part of it. @throws BadInput `bad-query` */
export const badQuery = (message: string): never => {
  throw new BadInput('bad-query', message);
};
/**
 * Describes a value of a query: a text or number as written, anything else by its kind, since a query is read once: a
 * proxy could answer otherwise the second time.
 */
export const describe = (value: unknown): string => {
  const text =
    typeof value === 'string' || typeof value === 'number'
      ? JSON.stringify(value)
      : value === null
        ? 'null'
        : Array.isArray(value)
          ? 'a list'
          : `a value of type ${typeof value}`;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/**
 * Suggests how to write a query that bpmn-server accepts in another form, or the field that was probably meant.
 * @param inside the field is one of an element of the list
 */
export function hint(name: string, { open, list, row, item }: QueryFields, inside: boolean): string {
  if (name === open) return ` Ask for its fields one by one, such as { '${open}.caseId': 1 }.`;
  if (name.startsWith(`${list}.vars`) || name.startsWith(`${list}.data`))
    return ` Ask for the data of the instance ('data.<name>'), or look at the items that you find.`;
  const ofItem = (field: string): string => (inside ? field : `${list}.${field}`);
  const fields = Object.keys(item);
  const near = nearest(name, [...(inside ? [] : Object.keys(row)), ...fields.map(ofItem)]);
  const bare = near === undefined ? nearest(name, fields) : undefined;
  const meant = bare === undefined ? near : ofItem(bare);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/** Keys and values of an object, each read once. Symbol keys are refused, because the database would drop them. */
export function entriesOf(input: Record<string, unknown>): [key: string, value: unknown][] {
  const [symbol] = Object.getOwnPropertySymbols(input);
  return symbol === undefined
    ? Object.entries(input)
    : badQuery(`Key ${String(symbol)} is not allowed in a query.`);
}

export const isPathPart = (part: string): boolean =>
  part !== '' &&
  !part.startsWith('$') &&
  !part.includes('\0') &&
  part.isWellFormed() &&
  !FORBIDDEN_KEYS.has(part);

export function checkScalar(value: unknown, where: string): Scalar {
  if (!isScalar(value))
    return badQuery(`${where} takes a text, number, boolean or date, got ${describe(value)}.`);
  if (typeof value === 'string' && value.length > QUERY_LIMITS.text)
    badQuery(`${where} takes a text of at most ${QUERY_LIMITS.text} characters.`);
  return value instanceof Date ? new Date(value) : value;
}

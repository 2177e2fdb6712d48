import { isPlainObject } from '../../src/core/value.js';
import type { StoredInstance, StoredItem } from '../../src/store/port.js';

type Query = Readonly<Record<string, unknown>>;
/** Whether a test holds of what a path reaches: every value on its way through lists, lists themselves included. */
type Holds = (reached: readonly unknown[]) => boolean;

/** What is called otherwise in a query than it is stored. */
const STORED: Readonly<Record<string, string>> = {
  startedBy: 'guard.startedBy',
  completedBy: 'guard.completedBy',
};

function reached(value: unknown, parts: readonly string[]): unknown[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [value];
  if (Array.isArray(value)) {
    const entries = value as unknown[];
    const place =
      /^\d+$/.test(part) && Number(part) < entries.length ? reached(entries[Number(part)], rest) : [];
    return [...place, ...entries.filter(isPlainObject).flatMap((entry) => reached(entry, parts))];
  }
  return isPlainObject(value) && Object.hasOwn(value, part) ? reached(value[part], rest) : [undefined];
}

const kind = (value: unknown): string => (value instanceof Date ? 'date' : typeof value);
const plain = (value: unknown): number | string => (typeof value === 'string' ? value : Number(value));
/** Each value, and of a list each entry. */
const each = (values: readonly unknown[]): unknown[] =>
  values.flatMap((value) => (Array.isArray(value) ? [...(value as unknown[]), value] : [value]));
const equals =
  (operand: unknown) =>
  (value: unknown): boolean =>
    kind(value) === kind(operand) &&
    !Array.isArray(value) &&
    value !== null &&
    typeof value !== 'undefined' &&
    plain(value) === plain(operand);
const absent: Holds = (values) => values.every((value) => value === undefined || value === null);
/** Of candidates null asks that nobody in particular is named: an empty list has no value either. */
const noEntry: Holds = (values) =>
  each(values).every((value) => value === undefined || value === null || Array.isArray(value));
const noValueIn = (field: string): Holds =>
  field === 'candidateUsers' || field === 'candidateGroups' ? noEntry : absent;
const any =
  (test: (value: unknown) => boolean): Holds =>
  (values) =>
    each(values).some(test);

const RANGES: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  $gt: (a, b) => a > b,
  $gte: (a, b) => a >= b,
  $lt: (a, b) => a < b,
  $lte: (a, b) => a <= b,
};

/** The test of one operator; negative ones are taken back by `operator`. */
function positive(name: string, operand: unknown, options: unknown, none: Holds): Holds {
  if (name === '$eq') return operand === null ? none : any(equals(operand));
  if (name === '$in')
    return (values) =>
      (operand as unknown[]).some((entry) => positive('$eq', entry, undefined, none)(values));
  if (name === '$exists') return (values) => values.some((value) => value !== undefined);
  if (name === '$regex')
    return any(
      (value) =>
        typeof value === 'string' && new RegExp(operand as string, options as string | undefined).test(value),
    );
  const holds = RANGES[name];
  if (holds === undefined) throw new Error(`The oracle does not know ${name}`);
  return any((value) =>
    typeof value !== 'object' || value instanceof Date
      ? kind(value) === kind(operand) && holds(plain(value), plain(operand))
      : false,
  );
}

const NEGATIVE: Readonly<Record<string, string>> = { $ne: '$eq', $nin: '$in' };

/** Asks for a test about a field: of the document itself, or of one of its items. */
type Ask = (holds: Holds) => boolean;

function condition(ask: Ask, input: unknown, none: Holds): boolean {
  if (input instanceof RegExp) return ask(positive('$regex', input.source, input.flags, none));
  if (!isPlainObject(input)) return ask(positive('$eq', input, undefined, none));
  return Object.entries(input).every(([name, operand]) => {
    if (name === '$options') return true;
    if (name === '$not') return !condition(ask, operand, none);
    if (name === '$exists' && operand === false) return !ask(positive(name, true, undefined, none));
    return NEGATIVE[name] === undefined
      ? ask(positive(name, operand, input.$options, none))
      : !ask(positive(NEGATIVE[name], operand, undefined, none));
  });
}

const ofDocument =
  (document: unknown, name: string): Ask =>
  (holds) =>
    holds(reached(document, (STORED[name] ?? name).split('.')));

function logical(query: Query, field: (name: string, input: unknown) => boolean): boolean {
  return Object.entries(query).every(([name, input]) => {
    if (name === '$and') return (input as Query[]).every((part) => logical(part, field));
    if (name === '$or') return (input as Query[]).some((part) => logical(part, field));
    if (name === '$nor') return !(input as Query[]).some((part) => logical(part, field));
    return field(name, input);
  });
}

/** The fields that a query tests. */
const fieldsIn = (query: Query): string[] =>
  Object.entries(query).flatMap(([name, input]) =>
    name.startsWith('$') ? (input as Query[]).flatMap(fieldsIn) : [name],
  );

/**
 * A caller's query, answered the slow and simple way about an instance of which only these items are to be seen. It
 * knows what docs/queries.md promises, and nothing of how lists are made.
 */
export function answers(
  query: Query,
  instance: StoredInstance,
  items: readonly StoredItem[],
  isHidden: (item: StoredItem, field: string) => boolean = () => false,
): boolean {
  return logical(query, (name, input) => {
    if (name === 'items') {
      const { $elemMatch: inside } = input as { $elemMatch: Query };
      // What is asked of one element is not answered by one that does not show all of it.
      return items
        .filter((item) => !fieldsIn(inside).some((field) => isHidden(item, field)))
        .some((item) =>
          logical(inside, (inner, test) => condition(ofDocument(item, inner), test, noValueIn(inner))),
        );
    }
    if (!name.startsWith('items.')) return condition(ofDocument(instance, name), input, absent);
    const field = name.slice('items.'.length);
    return condition(
      (holds) => items.some((item) => ofDocument(item, field)(holds)),
      input,
      noValueIn(field),
    );
  });
}

/** True when the query asks more of the instance than every reader of its items sees. */
export function looksInside(query: Query): boolean {
  return Object.entries(query).some(([name, input]) =>
    name.startsWith('$')
      ? (input as Query[]).some(looksInside)
      : name !== 'items' && !name.startsWith('items.') && name !== 'id' && name !== 'name',
  );
}

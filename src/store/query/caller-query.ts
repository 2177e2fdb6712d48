import { own } from '../../core/path.js';
import { isPlainObject } from '../../core/value.js';
import type { QueryFields } from './query-fields.js';
import { badQuery, checkScalar, describe, entriesOf, hint, isPathPart, QUERY_LIMITS } from './query-input.js';
import { checkRegex } from './regex.js';

/**
 * A test of one field, in MongoDB's syntax. It never compares with null (`absent` does), and is negative only if an
 * empty list counts as absent.
 */
export type Leaf =
  | {
      readonly kind: 'test';
      readonly on: 'row' | 'item';
      readonly field: string;
      readonly test: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'absent';
      readonly on: 'row' | 'item';
      readonly field: string;
      /** An empty list counts as absent, too. */
      readonly orEmpty?: true;
    };

/** A checked copy of a caller's query. `row` is the instance (or model), `item` one element of its list. */
export type CallerQuery =
  | Leaf
  | { readonly kind: 'and' | 'or' | 'nor'; readonly of: readonly CallerQuery[] }
  | { readonly kind: 'element'; readonly where: CallerQuery };

/** Lists that mean "nobody in particular" when empty, missing or null; bpmn-server queries all three by null. */
const CANDIDATES: ReadonlySet<string> = new Set(['candidateUsers', 'candidateGroups']);

const RANGES: ReadonlySet<string> = new Set(['$gt', '$gte', '$lt', '$lte']);
const ALL: CallerQuery = Object.freeze({ kind: 'and', of: Object.freeze([]) });
const nor = (...of: CallerQuery[]): CallerQuery => ({ kind: 'nor', of });
const and = (of: readonly CallerQuery[]): CallerQuery =>
  of.length === 1 ? (of[0] as CallerQuery) : { kind: 'and', of };

interface Place {
  readonly on: 'row' | 'item';
  readonly field: string;
  /** As the caller wrote it. */
  readonly name: string;
}

class Reader {
  private nodes = 0;
  constructor(private readonly fields: QueryFields) {}

  private count(depth: number): void {
    if (depth > QUERY_LIMITS.depth) badQuery(`A query may be at most ${QUERY_LIMITS.depth} levels deep.`);
    if (++this.nodes > QUERY_LIMITS.nodes)
      badQuery(`A query may have at most ${QUERY_LIMITS.nodes} conditions.`);
  }

  /** @param inside true below `$elemMatch`, where fields belong to the element */
  query(input: unknown, inside: boolean, depth: number): CallerQuery {
    this.count(depth);
    if (!isPlainObject(input)) return badQuery(`A query is an object, got ${describe(input)}.`);
    return and(
      entriesOf(input).map(([key, value]): CallerQuery => {
        if (key === '$and' || key === '$or' || key === '$nor')
          return { kind: key.slice(1) as 'and' | 'or' | 'nor', of: this.list(key, value, inside, depth) };
        if (key.startsWith('$')) return badQuery(`Operator ${describe(key)} is not allowed in a query.`);
        if (!inside && key === this.fields.list) return this.element(value, depth);
        return this.field(this.place(key, inside), value, depth + 1);
      }),
    );
  }

  private list(key: string, input: unknown, inside: boolean, depth: number): CallerQuery[] {
    if (!Array.isArray(input) || input.length === 0)
      return badQuery(`${key} takes a list of queries, got ${describe(input)}.`);
    return Array.from(input, (entry) => this.query(entry, inside, depth + 1));
  }

  private element(input: unknown, depth: number): CallerQuery {
    const { list } = this.fields;
    const [[key, where] = [], ...more] = isPlainObject(input) ? entriesOf(input) : [];
    if (key !== '$elemMatch' || more.length > 0)
      return badQuery(`${list} takes {$elemMatch: query}, got ${describe(input)}.`);
    return { kind: 'element', where: this.query(where, true, depth + 1) };
  }

  place(name: string, inside: boolean): Place {
    const { row, item, list, open } = this.fields;
    const below = inside ? name : name.startsWith(`${list}.`) ? name.slice(list.length + 1) : undefined;
    if (below !== undefined && Object.hasOwn(item, below))
      return { on: 'item', field: item[below] as string, name };
    if (!inside && Object.hasOwn(row, name)) return { on: 'row', field: row[name] as string, name };
    if (!inside && open !== undefined && name.startsWith(`${open}.`)) {
      const parts = name.split('.', QUERY_LIMITS.segments + 1);
      if (
        parts.every(isPathPart) &&
        parts.length <= QUERY_LIMITS.segments &&
        name.length <= QUERY_LIMITS.text
      )
        return { on: 'row', field: name, name };
    }
    return badQuery(`Field ${describe(name)} is not allowed in a query.${hint(name, this.fields, inside)}`);
  }

  private field(place: Place, input: unknown, depth: number): CallerQuery {
    this.count(depth);
    if (input instanceof RegExp) return this.regex(place, input.source, input.flags);
    if (!isPlainObject(input)) return this.equals(place, input);
    const operators = entriesOf(input);
    if (operators.length === 0) return badQuery(`Field ${describe(place.name)} has an empty condition.`);
    const all = Object.fromEntries(operators);
    return and(
      operators
        .filter(([name]) => name !== '$options' || !Object.hasOwn(all, '$regex'))
        .map(([name, operand]) => this.operator(place, name, operand, all, depth)),
    );
  }

  private operator(
    place: Place,
    name: string,
    operand: unknown,
    all: Record<string, unknown>,
    depth: number,
  ): CallerQuery {
    const where = `${place.name}: ${name}`;
    if (RANGES.has(name)) return this.test(place, { [name]: checkScalar(operand, where) });
    switch (name) {
      case '$eq':
        return this.equals(place, operand);
      case '$ne':
        return nor(this.equals(place, operand));
      case '$in':
        return this.oneOf(place, operand, where);
      case '$nin':
        return nor(this.oneOf(place, operand, where));
      case '$exists':
        if (typeof operand !== 'boolean')
          return badQuery(`${where} takes true or false, got ${describe(operand)}.`);
        return operand ? this.test(place, { $exists: true }) : nor(this.test(place, { $exists: true }));
      case '$regex':
        return this.regexOperator(place, operand, own(all, '$options'));
      case '$not':
        return nor(this.field(place, operand, depth + 1));
      default:
        return badQuery(
          name.startsWith('$')
            ? `Operator ${describe(name)} at ${describe(place.name)} is not allowed in a query.`
            : `Field ${describe(place.name)} takes a plain value or operators, got the key ${describe(name)}.`,
        );
    }
  }

  private test(place: Place, test: Record<string, unknown>): Leaf {
    return { kind: 'test', on: place.on, field: place.field, test };
  }

  private absent(place: Place): Leaf {
    const { on, field } = place;
    return { kind: 'absent', on, field, ...(CANDIDATES.has(field) && { orEmpty: true }) };
  }

  private equals(place: Place, value: unknown): CallerQuery {
    if (value === null) return this.absent(place);
    return this.test(place, { $eq: checkScalar(value, place.name) });
  }

  private oneOf(place: Place, operand: unknown, where: string): CallerQuery {
    if (!Array.isArray(operand) || operand.length > QUERY_LIMITS.list)
      return badQuery(
        `${where} takes a list of at most ${QUERY_LIMITS.list} values, got ${describe(operand)}.`,
      );
    const entries: unknown[] = Array.from(operand);
    const values = entries.filter((value) => value !== null).map((value) => checkScalar(value, where));
    const test = this.test(place, { $in: values });
    return values.length === entries.length ? test : { kind: 'or', of: [test, this.absent(place)] };
  }

  private regexOperator(place: Place, operand: unknown, options: unknown): CallerQuery {
    if (options !== undefined && typeof options !== 'string')
      return badQuery(`${place.name}: $options takes a text, got ${describe(options)}.`);
    if (operand instanceof RegExp) return this.regex(place, operand.source, options ?? operand.flags);
    return typeof operand === 'string'
      ? this.regex(place, operand, options ?? '')
      : badQuery(`${place.name}: $regex takes a text, got ${describe(operand)}.`);
  }

  private regex(place: Place, source: string, flags: string): CallerQuery {
    const checked = checkRegex(source, flags);
    return this.test(place, { $regex: checked.source, $options: checked.flags });
  }
}

/**
 * Checks and copies a caller's query against an allow-list of operators, fields, depth and size. The input may be
 * frozen, is not changed, and is not referenced by the result. Missing (undefined or null) means all.
 * @throws BadInput `bad-query`, naming the refused part
 */
export function parseQuery(input: unknown, fields: QueryFields): CallerQuery {
  return input === undefined || input === null ? ALL : new Reader(fields).query(input, false, 0);
}

/**
 * Returns the place of a field that a caller wants to sort by.
 * @throws BadInput `bad-query` when it is not allowed
 */
export function parseField(name: string, fields: QueryFields): { on: 'row' | 'item'; field: string } {
  const { on, field } = new Reader(fields).place(name, false);
  return { on, field };
}

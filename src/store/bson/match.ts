import { isNotANumber } from '../../core/number.js';
import { isDocument, kindOf, rankOf } from './kind.js';
import { compareValues, equalValues } from './order.js';
import { compileExpression } from './match-expression.js';
import { reach, type AtLeaf, type ValueTest } from './match-path.js';
import { typeTest } from './match-type.js';
import { boundedPattern } from './bounded-pattern.js';
import { free, type Spend } from './budget.js';
import type { Filter } from '../port.js';

/** Tells whether a document matches a filter. */
export type Match = (document: unknown) => boolean;

/** Makes a predicate from a value test: applied to the values of a path or, in `$elemMatch`, to the entry itself. */
type Apply = (atLeaf: AtLeaf, test: ValueTest) => Match;

const refuse = (message: string): never => {
  throw new TypeError(message);
};
const not =
  (match: Match): Match =>
  (document) =>
    !match(document);

function all(parts: readonly Match[]): Match {
  const [first, second] = parts;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (document) => parts.every((part) => part(document));
}

const any = (parts: readonly Match[]): Match =>
  parts.length === 1 ? (parts[0] as Match) : (document) => parts.some((part) => part(document));

function equals(operand: unknown): ValueTest {
  if (operand === undefined) return refuse('A filter must not compare with undefined');
  if (operand === null) return (value) => value === undefined || value === null;
  if (typeof operand === 'string' || typeof operand === 'boolean') return (value) => value === operand;
  if (typeof operand === 'number')
    return (value) =>
      value === operand || (value !== undefined && typeof value !== 'string' && equalValues(value, operand));
  return (value) => equalValues(value, operand);
}

function pattern(source: unknown, options: unknown, spend: Spend): ValueTest {
  if (options !== undefined && typeof options !== 'string') return refuse('$options takes a text');
  const [text, flags] =
    source instanceof RegExp ? [source.source, options ?? source.flags] : [source, options ?? ''];
  if (typeof text !== 'string') return refuse('$regex takes a text or a regular expression');
  const search = boundedPattern(text, flags);
  return (value) =>
    typeof value === 'string'
      ? search(value, spend)
      : value instanceof RegExp && value.source === text && value.flags === flags;
}

/** A key for set lookup of a value; undefined for values that must be compared one by one. */
function keyOf(value: unknown): string | number | boolean | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isNaN(value) ? undefined : value;
    default:
      return undefined;
  }
}

function oneOf(operand: unknown, name: string, spend: Spend): ValueTest {
  if (!Array.isArray(operand)) return refuse(`${name} takes a list`);
  const list: readonly unknown[] = operand;
  const plain = new Set<unknown>(list.map(keyOf).filter((key) => key !== undefined));
  const dates = new Set(list.filter(isDate).map((date) => date.getTime()));
  // A plain number also equals numbers in the database's own number types.
  const numbers = list.filter((value) => typeof value === 'number').map(equals);
  const rest = list
    .filter((value) => keyOf(value) === undefined && !isDate(value))
    .map((value: unknown) => (value instanceof RegExp ? pattern(value, undefined, spend) : equals(value)));
  const others = (value: unknown, tests: readonly ValueTest[]): boolean => {
    if (tests.length === 0) return false;
    spend(tests.length);
    return tests.some((test) => test(value));
  };
  return (value) => {
    if (plain.has(value)) return true;
    if (isDate(value)) return dates.has(value.getTime()) || others(value, rest);
    return others(value, rest) || (isBoxed(value) && others(value, numbers));
  };
}

const isDate = (value: unknown): value is Date => value instanceof Date;
/** True for a number in its own class; false for documents and lists. */
const isBoxed = (value: unknown): boolean =>
  typeof value === 'bigint' ||
  (typeof value === 'object' && value !== null && NUMBER_RANK === rankOf(kindOf(value)));
const NUMBER_RANK = rankOf('int');

const RANGES: Readonly<Record<string, (difference: number) => boolean>> = {
  $gt: (difference) => difference > 0,
  $gte: (difference) => difference >= 0,
  $lt: (difference) => difference < 0,
  $lte: (difference) => difference <= 0,
};

/** A range never contains values of another type; NaN is only in a range bounded by NaN. */
function range(name: string, operand: unknown): ValueTest {
  const holds = RANGES[name] as (difference: number) => boolean;
  if (operand === undefined || operand instanceof RegExp)
    return refuse(`${name} takes no ${operand === undefined ? 'undefined' : 'regular expression'}`);
  if (operand === null) return (value) => holds(0) && (value === undefined || value === null);
  const rank = rankOf(kindOf(operand));
  const isOfNone = isNotANumber(operand);
  return (value) => {
    if (rankOf(kindOf(value)) !== rank) return false;
    if (isNotANumber(value) || isOfNone) return holds(0) && isNotANumber(value) && isOfNone;
    return holds(compareValues(value, operand));
  };
}

const LOGICAL: ReadonlySet<string> = new Set(['$and', '$or', '$nor']);
const isOperators = (value: unknown): value is Record<string, unknown> =>
  isDocument(value) && (Object.keys(value)[0]?.startsWith('$') ?? false);

function elementMatch(operand: unknown, spend: Spend): ValueTest {
  if (!isDocument(operand)) return refuse('$elemMatch takes a query');
  const first = Object.keys(operand)[0];
  if (first?.startsWith('$') === true && !LOGICAL.has(first)) {
    const test = conditions((_, value) => value, operand, spend);
    return (value) => {
      if (!Array.isArray(value)) return false;
      spend(value.length);
      return value.some(test);
    };
  }
  const match = compileMatch(operand, spend);
  // A list inside the list is treated as a document whose field names are the indexes, as in MongoDB.
  const holds = (entry: unknown): boolean => {
    if (!Array.isArray(entry)) return isDocument(entry) && match(entry);
    spend(entry.length);
    return match({ ...entry });
  };
  return (value) => {
    if (!Array.isArray(value)) return false;
    spend(value.length);
    return value.some(holds);
  };
}

function negated(apply: Apply, operand: unknown, spend: Spend): Match {
  if (operand instanceof RegExp) return not(apply('entries', pattern(operand, undefined, spend)));
  if (!isOperators(operand)) return refuse('$not takes operators or a regular expression');
  return not(conditions(apply, operand, spend));
}

function operator(
  apply: Apply,
  name: string,
  operand: unknown,
  beside: Readonly<Record<string, unknown>>,
  spend: Spend,
): Match {
  switch (name) {
    case '$eq':
      return apply('entries', equals(operand));
    case '$ne':
      return not(apply('entries', equals(operand)));
    case '$in':
      return apply('entries', oneOf(operand, name, spend));
    case '$nin':
      return not(apply('entries', oneOf(operand, name, spend)));
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return apply('entries', range(name, operand));
    case '$exists': {
      const there = apply('list', (value) => value !== undefined);
      return operand === true || operand === 1 ? there : not(there);
    }
    case '$type':
      return apply('entries', typeTest(operand));
    case '$regex':
      return apply('entries', pattern(operand, beside.$options, spend));
    case '$options':
      return '$regex' in beside ? all([]) : refuse('$options needs $regex');
    case '$size':
      return apply('list', (value) => Array.isArray(value) && value.length === operand);
    case '$elemMatch':
      return apply('list', elementMatch(operand, spend));
    case '$not':
      return negated(apply, operand, spend);
    default:
      return refuse(`Unknown operator ${name} in a filter`);
  }
}

function conditions(apply: Apply, operators: Readonly<Record<string, unknown>>, spend: Spend): Match {
  return all(Object.keys(operators).map((name) => operator(apply, name, operators[name], operators, spend)));
}

function field(path: string, condition: unknown, spend: Spend): Match {
  const apply: Apply = (atLeaf, test) => reach(path, atLeaf, test, spend);
  if (condition instanceof RegExp) return apply('entries', pattern(condition, undefined, spend));
  return isOperators(condition) ? conditions(apply, condition, spend) : apply('entries', equals(condition));
}

function list(name: string, operand: unknown, spend: Spend): Match[] {
  if (!Array.isArray(operand) || operand.length === 0) return refuse(`${name} takes a list of queries`);
  return operand.map((entry: unknown) =>
    isDocument(entry) ? compileMatch(entry, spend) : refuse(`${name} takes a list of queries`),
  );
}

function clause(name: string, operand: unknown, spend: Spend): Match {
  switch (name) {
    case '$and':
      return all(list(name, operand, spend));
    case '$or':
      return any(list(name, operand, spend));
    case '$nor':
      return not(any(list(name, operand, spend)));
    case '$expr':
      return compileExpression(operand, spend);
    default:
      return name.startsWith('$')
        ? refuse(`Unknown operator ${name} in a filter`)
        : field(name, operand, spend);
  }
}

/**
 * Compiles a trusted filter in MongoDB's syntax and semantics to a predicate. It reads own fields only. The filter must
 * not be changed afterwards.
 * @param spend counts the tested values; missing: nothing is counted
 * @throws TypeError naming an unsupported operator, or an operand of the wrong shape
 */
export function compileMatch(filter: Filter, spend: Spend = free): Match {
  return all(Object.keys(filter).map((name) => clause(name, filter[name], spend)));
}

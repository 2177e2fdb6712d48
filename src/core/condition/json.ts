import { assertArgument, unknownName, type Kind } from '../options.js';
import {
  and,
  compare,
  exists,
  isIn,
  isReference,
  not,
  or,
  referenceIn,
  some,
  type Comparison,
  type Condition,
  type Reference,
} from './condition.js';
import { BadInput } from '../errors.js';
import { FORBIDDEN_KEYS, own } from '../path.js';
import { isObject, isPlainObject, isScalar, type Scalar, show } from '../value.js';

const LIMITS = { depth: 12, nodes: 200, list: 500 };
const REFERENCE = /^\$(user|data|role)\.(.+)$/;
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  $eq: 'eq',
  $ne: 'ne',
  $lt: 'lt',
  $lte: 'lte',
  $gt: 'gt',
  $gte: 'gte',
};
const OF_FIELDS: readonly string[] = [...Object.keys(COMPARISONS), '$in', '$nin', '$exists', '$not'];
const OF_CONDITIONS: readonly string[] = ['$and', '$or', '$nor', '$not'];
/** Shorthands for rule authors, with their meaning. */
const ROOTS: Readonly<Record<string, string>> = {
  item: 'item',
  instance: 'instance',
  model: 'model',
  data: 'instance.data',
  roles: 'instance.guard.roles',
  user: 'user',
};

const bad = (message: string): never => {
  throw new BadInput('bad-condition', message);
};

/** A dotted path of own keys: without empty parts, `$`, NUL, or keys that lead out of the data. */
function checkPath(path: string, whole: string): string {
  for (const part of path.split('.')) {
    if (part === '' || part.startsWith('$') || part.includes('\0') || FORBIDDEN_KEYS.has(part))
      bad(`Field ${show(whole)} is not allowed: unexpected part ${show(part)}.`);
  }
  return path;
}

function field(name: string): string {
  const dot = name.indexOf('.');
  const root = dot < 0 ? undefined : own(ROOTS, name.slice(0, dot));
  if (typeof root !== 'string')
    return bad(
      `Field ${show(name)} must begin with one of ${Object.keys(ROOTS)
        .map((key) => `${key}.`)
        .join(', ')}`,
    );
  return `${root}.${checkPath(name.slice(dot + 1), name)}`;
}

function reference(text: string): Reference | undefined {
  if (!text.startsWith('$')) return undefined;
  const match = REFERENCE.exec(text);
  if (match === null)
    return bad(`Value ${show(text)} begins with $ but is none of $user.…, $data.…, $role.…`);
  return Object.freeze({ ref: match[1] as Reference['ref'], path: checkPath(match[2] as string, text) });
}

function value(input: unknown, where: string): Scalar | Reference {
  if (!isScalar(input)) return bad(`${where} takes a text, number, boolean or date, got ${show(input)}.`);
  return (typeof input === 'string' ? reference(input) : undefined) ?? input;
}

function values(input: unknown, where: string): readonly Scalar[] | Reference {
  if (typeof input === 'string')
    return reference(input) ?? bad(`${where} takes a list or a reference, got ${show(input)}.`);
  if (!Array.isArray(input) || input.length > LIMITS.list)
    return bad(`${where} takes a list of at most ${LIMITS.list} values, got ${show(input)}.`);
  return Array.from(input as unknown[], (entry) => {
    const one = value(entry, where);
    return isReference(one) ? bad(`${where} takes plain values in its list, got ${show(entry)}.`) : one;
  });
}

/** The fields that a condition refers to, including those of `$data.` and `$role.` values. */
function fieldsOf(condition: Condition): string[] {
  if (condition.op === 'not') return fieldsOf(condition.of);
  if ('of' in condition) return condition.of.flatMap(fieldsOf);
  if (condition.op === 'cases')
    return [condition.field, ...condition.cases.flatMap(({ when }) => fieldsOf(when))];
  const reference = referenceIn(condition);
  return [
    condition.field,
    ...(reference !== undefined && reference.ref !== 'user' ? [`$${reference.ref}.${reference.path}`] : []),
  ];
}

/** What the principal is, is compared with constants; with the case by a field of the case. */
function assertConstants(name: string, path: string, tests: Condition): void {
  if (JSON.stringify(tests).includes('"ref":'))
    bad(`${name} is compared with constants only; swap the two sides, as in { "data.x": "$${path}" }.`);
}

class Reader {
  private nodes = 0;

  private enter(depth: number): void {
    if (depth > LIMITS.depth) bad(`A condition may be at most ${LIMITS.depth} levels deep.`);
    if (++this.nodes > LIMITS.nodes) bad(`A condition may have at most ${LIMITS.nodes} nodes.`);
  }

  read(input: unknown, depth = 0): Condition {
    this.enter(depth);
    if (!isPlainObject(input)) return bad(`A condition is an object, got ${show(input)}.`);
    const parts = Object.entries(input).map(([key, entry]): Condition => {
      if (key === '$and') return and(...this.list(key, entry, depth));
      if (key === '$or') return or(...this.list(key, entry, depth));
      if (key === '$nor') return not(or(...this.list(key, entry, depth)));
      if (key === '$not') return not(this.read(entry, depth + 1));
      if (key.startsWith('$'))
        return bad(`Operator ${show(key)} is not allowed in a condition. ${unknownName(key, OF_CONDITIONS)}`);
      return this.field(key, entry, depth + 1);
    });
    return and(...parts);
  }

  private list(key: string, input: unknown, depth: number): Condition[] {
    if (!Array.isArray(input) || input.length === 0)
      return bad(`${key} takes a list of conditions, got ${show(input)}.`);
    return Array.from(input as unknown[], (entry) => this.read(entry, depth + 1));
  }

  private field(name: string, input: unknown, depth: number): Condition {
    this.enter(depth);
    if (name === 'items') return this.items(input, depth);
    const path = field(name);
    const tests = this.tests(name, path, input, depth);
    if (path.startsWith('user.')) assertConstants(name, path, tests);
    return tests;
  }

  private tests(name: string, path: string, input: unknown, depth: number): Condition {
    if (!isPlainObject(input)) return compare('eq', path, value(input, name));
    const entries = Object.entries(input);
    if (entries.length === 0) return bad(`Field ${show(name)} has an empty condition.`);
    return and(
      ...entries.map(([operator, operand]): Condition => {
        const where = `${name}: ${operator}`;
        if (operator === '$in') return isIn(path, values(operand, where));
        if (operator === '$nin') return and(exists(path), not(isIn(path, values(operand, where))));
        if (operator === '$exists')
          return typeof operand === 'boolean' ? exists(path, operand) : bad(`${where} takes true or false.`);
        if (operator === '$not') return not(this.field(name, operand, depth + 1));
        const op = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
        if (op === undefined)
          return bad(
            `Operator ${show(operator)} at ${show(name)} is not allowed in a condition. ` +
              unknownName(operator, OF_FIELDS),
          );
        const right = value(operand, where);
        if (isReference(right) && right.ref !== 'user' && op !== 'eq' && op !== 'ne')
          return bad(`${where} cannot compare with ${operand as string}; only $eq, $ne and $in can.`);
        return compare(op, path, right);
      }),
    );
  }

  private items(input: unknown, depth: number): Condition {
    if (!isPlainObject(input) || Object.keys(input).join() !== '$elemMatch')
      return bad('items takes {$elemMatch: condition}.');
    const where = this.read(input.$elemMatch, depth + 1);
    const other = fieldsOf(where).find((name) => !name.startsWith('item.'));
    return other === undefined
      ? some('instance.items', where)
      : bad(
          `items: {$elemMatch} takes conditions on one item only, got ${show(other)}; put the others beside it.`,
        );
  }
}

/**
 * Reads a condition from its JSON form, which is MongoDB's own syntax with `$user.`, `$data.` and `$role.` values:
 * `{ "data.topic": { "$in": "$user.expertise" } }`. Fields begin with `data.`, `roles.`, `item.`, `instance.`,
 * `model.` or `user.` (the principal itself); `items` takes an `$elemMatch` whose fields begin with `item.`.
 * @throws BadInput `bad-condition`, naming the node that was met and what was expected
 * @example
 * parseCondition({ 'data.store': '$user.store', 'item.status': { $in: ['wait', 'end'] } });
 */
export function parseCondition(input: unknown): Condition {
  return new Reader().read(input);
}

function printValue(input: Scalar | Reference): unknown {
  return isReference(input) ? `$${input.ref}.${input.path}` : input;
}

const CONDITION: Kind = {
  takes: 'a condition, as parseCondition gives it',
  holds: (value) =>
    isObject(value) &&
    typeof value.op === 'string' &&
    (typeof value.field === 'string' || Array.isArray(value.of) || isObject(value.of)),
};

/**
 * The JSON form of a condition read by `parseCondition`. Parsing it again gives an equivalent condition.
 * @example
 * JSON.stringify(printCondition(parseCondition({ 'data.amount': { $lt: 1000 } })));
 */
export function printCondition(condition: Condition): Record<string, unknown> {
  assertArgument('printCondition', condition, CONDITION);
  switch (condition.op) {
    case 'in':
    case 'overlaps':
      return {
        [condition.field]: {
          $in: isReference(condition.values) ? printValue(condition.values) : [...condition.values],
        },
      };
    case 'exists':
      return { [condition.field]: { $exists: condition.present } };
    case 'some':
      return { items: { $elemMatch: printCondition(condition.where) } };
    case 'cases':
      return {
        $or: condition.cases.map(({ value, when }) => ({
          $and: [{ [condition.field]: { $eq: value } }, printCondition(when)],
        })),
      };
    case 'and':
      return condition.of.length === 0 ? {} : { $and: condition.of.map(printCondition) };
    case 'or':
      return condition.of.length === 0 ? { $nor: [{}] } : { $or: condition.of.map(printCondition) };
    case 'not':
      return { $nor: [printCondition(condition.of)] };
    default:
      return { [condition.field]: { [`$${condition.op}`]: printValue(condition.value) } };
  }
}

import type { Spend } from './budget.js';
import { child, isDocument, kindOf } from './kind.js';
import { compareValues } from './order.js';

/** Computes a value from a document; undefined means "missing". */
type Expression = (document: unknown) => unknown;

/** Steps per expression; its lists (candidates, groups of a user) are short. */
const PER_EXPRESSION = 10;

const refuse = (message: string): never => {
  throw new TypeError(message);
};

/** In an expression, a list on the path yields the list of its documents' values; numbers are not list indexes. */
function resolve(value: unknown, path: readonly string[], from: number): unknown {
  if (from === path.length) return value;
  if (Array.isArray(value))
    return value.map((entry) => resolve(entry, path, from)).filter((entry) => entry !== undefined);
  const next = child(value, path[from] as string);
  return next === undefined ? undefined : resolve(next, path, from + 1);
}

const truth = (value: unknown): boolean =>
  !(value === undefined || value === null || value === false || value === 0);

function pair(name: string, operand: unknown): [Expression, Expression] {
  if (!Array.isArray(operand) || operand.length !== 2) return refuse(`${name} takes two operands in $expr`);
  return [expression(operand[0]), expression(operand[1])];
}

/** Unary operators accept their operand directly or as a list of one. */
const single = (operand: unknown): Expression =>
  expression(Array.isArray(operand) && operand.length === 1 ? operand[0] : operand);

function call(name: string, operand: unknown): Expression {
  switch (name) {
    case '$and': {
      const parts = (Array.isArray(operand) ? operand : [operand]).map(expression);
      return (document) => parts.every((part) => truth(part(document)));
    }
    case '$eq':
    case '$ne': {
      const [left, right] = pair(name, operand);
      return (document) => (compareValues(left(document), right(document)) === 0) === (name === '$eq');
    }
    case '$in': {
      const [left, right] = pair(name, operand);
      return (document) => {
        const list = right(document);
        if (!Array.isArray(list)) return refuse('$in takes a list in $expr');
        const value = left(document);
        return list.some((entry) => compareValues(entry, value) === 0);
      };
    }
    case '$type': {
      const value = single(operand);
      return (document) => kindOf(value(document));
    }
    case '$isArray': {
      const value = single(operand);
      return (document) => Array.isArray(value(document));
    }
    case '$cond': {
      if (!Array.isArray(operand) || operand.length !== 3)
        return refuse('$cond takes three operands in $expr');
      const [condition, yes, no] = operand.map(expression) as [Expression, Expression, Expression];
      return (document) => (truth(condition(document)) ? yes : no)(document);
    }
    case '$literal':
      return () => operand;
    default:
      return refuse(`Unknown operator ${name} in $expr`);
  }
}

function expression(input: unknown): Expression {
  if (typeof input === 'string' && input.startsWith('$')) {
    if (input.startsWith('$$')) return refuse(`Variable ${input} in $expr`);
    const path = input.slice(1).split('.');
    return (document) => resolve(document, path, 0);
  }
  if (Array.isArray(input)) {
    const parts = input.map(expression);
    return (document) => parts.map((part) => part(document) ?? null);
  }
  if (!isDocument(input)) return () => input;
  const [name, ...more] = Object.keys(input);
  return name?.startsWith('$') === true && more.length === 0
    ? call(name, input[name])
    : refuse('A document in $expr needs $literal');
}

/**
 * Compiles the operand of `$expr`: comparisons between two fields of a document.
 * @throws TypeError naming an unsupported operator
 */
export function compileExpression(input: unknown, spend: Spend): (document: unknown) => boolean {
  const value = expression(input);
  return (document) => {
    spend(PER_EXPRESSION);
    return truth(value(document));
  };
}

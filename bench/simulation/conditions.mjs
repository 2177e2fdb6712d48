import { MOST_MERGED } from '../../dist/esm/store/mongo/query.js';
import { SHAPES } from '../../dist/esm/store/mongo/shapes.js';

const isDocument = (value) => Object.prototype.toString.call(value) === '[object Object]' && !value._bsontype;
const isTest = (value) => isDocument(value) && Object.keys(value).some((key) => key.startsWith('$'));

/** What every document that a filter finds is compared with: values of fields, and other tests of fields. */
export function conditionsOf(filter) {
  const values = new Map();
  const tests = new Map();
  const test = (field, one) => tests.set(field, [...(tests.get(field) ?? []), one]);
  const read = (part, prefix) => {
    for (const [key, value] of Object.entries(part)) {
      const field = `${prefix}${key}`;
      if (key === '$and') value.forEach((one) => read(one, prefix));
      else if (key === '$nor' && value.length === 1) {
        const [[only, operand], ...more] = Object.entries(value[0]);
        if (more.length === 0 && !only.startsWith('$')) test(`${prefix}${only}`, { $ne: operand });
      } else if (key.startsWith('$')) continue;
      else if (!isTest(value)) values.set(field, [value]);
      else
        for (const [operator, operand] of Object.entries(value))
          if (operator === '$elemMatch' && isDocument(operand)) read(operand, `${field}.`);
          else if (operator === '$eq') values.set(field, [operand]);
          else if (operator === '$in') values.set(field, operand);
          else test(field, { [operator]: operand });
    }
  };
  read(filter, '');
  return { values, tests };
}

const isAge = (order) => order !== undefined && Object.keys(order).join() === '_id';
const isOrder = (wanted, order) =>
  wanted === 'any' ||
  (wanted === undefined && order === undefined) ||
  (wanted === 'own' && order !== undefined && !isAge(order)) ||
  (typeof wanted === 'object' && isAge(order));

/** The entry of the table of queries that serves a query, as the tests of the package find it. */
export function shapeFor(does, { values, tests }, order) {
  const found = SHAPES.find(
    ({ on, does: all, by = [], range, where = {}, order: wanted, reads, unlimited }) =>
      on === 'instances' &&
      unlimited !== true &&
      all.includes(does) &&
      by.every((field) => values.has(field)) &&
      (range === undefined || values.has(range) || tests.has(range)) &&
      Object.entries(where).every(([field, value]) => values.get(field)?.[0] === value) &&
      isOrder(wanted, order) &&
      (reads !== 'page' ||
        by.reduce((product, field) => product * values.get(field).length, 1) <= MOST_MERGED),
  );
  if (found === undefined) throw new Error('A query has no entry in the table of queries.');
  return found;
}

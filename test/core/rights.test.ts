import { OPERATIONS, RIGHTS, isRight } from 'bpmn-guard';
import { asRight, needsRight, rightsIn } from '../../src/core/rights.js';
import { rowsUnder } from './reference.js';

test('every right that stands for an operation is in the catalogue', () => {
  const named = Object.values(OPERATIONS).flatMap(({ rights }) => rights);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((right) => !isRight(right))).toEqual([]);
});

test('every right has a name of two parts, a group and a meaning of its own, and is frozen', () => {
  const entries = Object.entries(RIGHTS);
  expect(entries).toHaveLength(58);
  expect(entries.filter(([name]) => !/^[A-Z]\w*:[A-Z]\w*$/.test(name))).toEqual([]);
  expect(new Set(entries.map(([, { meaning }]) => meaning)).size).toBe(entries.length);
  expect(entries.every(([, entry]) => Object.isFrozen(entry) && entry.group.length > 0)).toBe(true);
});

test.each([['toString'], ['__proto__'], [''], [7], [null], [['Document:Read']], ['Document:read']])(
  '%j is no right',
  (name) => {
    expect(isRight(name)).toBe(false);
    expect(() => asRight(name)).toThrow(TypeError);
  },
);

test('of a list only the rights are read; of anything else none', () => {
  expect(rightsIn(['Document:Read', 'x', 7, null, 'Todo:Read'])).toEqual(['Document:Read', 'Todo:Read']);
  for (const value of [undefined, null, 'Document:Read', { 0: 'Document:Read', length: 1 }])
    expect(rightsIn(value)).toEqual([]);
});

test('a right is found by its name; who lacks it is told which one is needed', () => {
  expect(asRight('Document:Read')).toBe('Document:Read');
  expect(() => asRight('Document:Raed')).toThrow(
    'Unknown right "Document:Raed"; did you mean Document:Read?',
  );
  expect(() => asRight('x'.repeat(10))).toThrow('see the rights catalogue.');
  expect(needsRight('Document:Read')).toMatchObject({
    code: 'forbidden',
    status: 403,
    message: 'You may not do this; it needs the right Document:Read.',
  });
});

test('the reference page has each right with its group and meaning', () => {
  expect(rowsUnder('Rights').map((row) => row.slice(0, 3))).toEqual(
    Object.entries(RIGHTS).map(([name, entry]) => [
      `\`${name}\``,
      entry.group,
      'internal' in entry ? `${entry.meaning} (internal)` : entry.meaning,
    ]),
  );
});

test('the rights for the use of the product itself are marked', () => {
  const internal = Object.entries(RIGHTS).filter(
    ([, entry]) => 'internal' in entry && entry.internal === true,
  );
  expect(internal.map(([name]) => name)).toEqual(['Webservice:Invoke', 'Lock:Manage', 'Testing:All']);
});

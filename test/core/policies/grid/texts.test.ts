import fc from 'fast-check';
import { parseCondition } from '../../../../src/core/condition/json.js';
import type { GridContents } from '../../../../src/core/policies/grid/grid.js';
import { readLabel, readRule } from '../../../../src/core/policies/grid/read-rule.js';
import {
  printSentences,
  readGridObject,
  readSentences,
  readTable,
  toObject,
  toTable,
  type GridEntry,
} from '../../../../src/core/policies/grid/texts.js';
import { CASES } from '../../../support/cases.js';
import { anyGrid } from './grids.js';
import { atOnce } from '../../../../src/core/in-steps.js';

const contentsOf = (entries: readonly GridEntry[]): GridContents => {
  const of = (kind: string) =>
    new Map(entries.filter((one) => one.kind === kind).map(({ id, value }) => [id, value]));
  return { rules: of('grid-rule'), labels: of('grid-label') } as GridContents;
};
const runs = { numRuns: 200 * CASES };

const RULE = {
  effect: 'Allow',
  users: { group: 'Employee' },
  privilege: 'Perform',
  on: { process: 'Expense Claim', event: 'start_claim' },
};

describe('a grid that is written and read again is the same', () => {
  test('as sentences', () => {
    fc.assert(
      fc.property(anyGrid, (given) => {
        const before = atOnce(readGridObject(given));
        expect(atOnce(readSentences(printSentences(contentsOf(before))))).toEqual(before);
      }),
      runs,
    );
  });

  test('as a table', () => {
    fc.assert(
      fc.property(anyGrid, (given) => {
        const before = atOnce(readGridObject(given));
        const rows = toTable(contentsOf(before)).map((cells, at) => ({ line: at + 1, cells }));
        expect(atOnce(readTable(rows))).toEqual(before);
      }),
      runs,
    );
  });

  test('as an object', () => {
    fc.assert(
      fc.property(anyGrid, (given) => {
        const before = atOnce(readGridObject(given));
        const text = JSON.stringify(toObject(contentsOf(before)));
        expect(atOnce(readGridObject(JSON.parse(text)))).toEqual(before);
      }),
      runs,
    );
  });
});

test('a condition may ask of the items of the case', () => {
  const when = { items: { $elemMatch: { 'item.elementId': 'a', 'item.assignee': 'ann' } } };
  const [rule] = atOnce(readSentences(`one: Allow all to View on system for ${JSON.stringify(when)}`));
  expect(rule).toMatchObject({ value: { for: when } });
});

test('the sentences of the documentation are read', () => {
  const [claimant, start, pizza, north] = atOnce(
    readSentences(`
# Expense claims
Label Claimant held by 1 says "who spent the money"

start: Allow group Employee to Perform on event start_claim of process "Expense Claim" as Claimant
"bake 1": Allow group "Pizzeria Staff" to Perform on task bake of process "Order Pizza" for {"data.store":"$user.store"}
north: Restrict users where {"user.region":{"$ne":"north"}} to View on system says "north only"
`),
  );
  expect(claimant).toEqual({
    kind: 'grid-label',
    id: 'Claimant',
    value: { multiple: 1, says: 'who spent the money' },
  });
  expect(start).toEqual({ kind: 'grid-rule', id: 'start', value: { ...RULE, as: 'Claimant' } });
  expect(pizza).toMatchObject({ id: 'bake 1', value: { for: { 'data.store': '$user.store' } } });
  expect(north).toMatchObject({ value: { effect: 'Restrict', on: 'system', says: 'north only' } });
});

test.each([
  [
    'Alow all to View on system',
    'Expected the beginning of a rule (Allow, Restrict; did you mean Allow?), got "Alow".',
  ],
  ['Allow grup x to View on system', 'did you mean group?'],
  ['Allow all to Veiw on system', 'did you mean View?'],
  ['Allow all View on system', 'Expected "to" after the users, got "View".'],
  ['Allow all to View on', 'got the end of the line'],
  ['Allow all to View on task t', 'Expected "of" after the task, got the end of the line.'],
  ['Allow all to View on system for {"data.x":1', 'a condition, a JSON object'],
  ['Allow all to View on system for {"data.x":{"$regex":"a"}}', '$regex'],
  ['Allow all to View on system for {"item.status":"wait"}', 'takes fields of a case'],
  ['Allow all to View on system sometimes', 'got "sometimes"'],
  ['Allow all to Assign on event e of process p', 'Assign applies to system, process, task, not to event.'],
  ['Allow all to View on process p as Author', 'only a rule that allows to Perform'],
  ['Allow all to Perform on process p as "A.b"', 'without . $'],
  ['Allow users where {"data.x":1} to View on system', 'takes fields of the user, which begin with user.'],
  ['Allow role R to Monitor on system', 'Monitor is about no single case'],
  ['Allow all to View on process p handing on', 'no label (as)'],
])('the sentence %s is refused with its line, and what was expected', (sentence, expected) => {
  expect(() => atOnce(readSentences(`\nr1: ${sentence}\n`))).toThrow(
    expect.objectContaining({
      code: 'bad-policy',
      message: expect.stringMatching(/^Line 2: /) as unknown,
    }) as Error,
  );
  expect(() => atOnce(readSentences(`r1: ${sentence}`))).toThrow(expected);
});

test.each([
  [[['id', 'efect']], 'Line 1: Unknown column "efect". Did you mean effect?'],
  [[['id', 'users']], 'Expected a column effect'],
  [[['id', 'effect', 'id']], 'The column id appears twice'],
  [
    [
      ['id', 'effect'],
      ['a', 'Label', 'x'],
    ],
    'Line 2: Expected 2 cells, as in the first row, got 3.',
  ],
  [
    [
      ['id', 'effect', 'multiple'],
      ['a', 'Label', 'many'],
    ],
    'Line 2: Expected how many users may hold the label',
  ],
  [
    [
      ['id', 'effect', 'users', 'privilege', 'on'],
      ['a', 'Allow', 'all x', 'View', 'system'],
    ],
    'got "x"',
  ],
  [
    [
      ['id', 'effect'],
      ['a', 'Label'],
      ['a', 'Label'],
    ],
    'Line 3: "a" stands in line 2 too.',
  ],
  [
    [
      ['id', 'effect', 'users'],
      ['', 'Allow', 'all'],
    ],
    'Expected an id',
  ],
])('the table %j is refused with its line', (rows, message) => {
  const table = rows.map((cells, at) => ({ line: at + 1, cells }));
  expect(() => atOnce(readTable(table))).toThrow(message);
});

test.each([
  [{ ...RULE, efect: 'Allow' }, 'Did you mean effect?'],
  [{ ...RULE, effect: 'allow' }, 'Unknown effect of a rule "allow". Did you mean Allow?'],
  [{ ...RULE, privilege: 'Reassign' }, 'Did you mean Re-Assign?'],
  [{ ...RULE, users: { group: 'a', user: 'b' } }, 'one of {group}, {user}, {role}, {where}'],
  [{ ...RULE, users: { role: '__proto__' } }, 'takes a label'],
  [{ ...RULE, on: { process: 'p', task: 't', event: 'e' } }, 'not about both'],
  [{ ...RULE, on: 'everything' }, 'needs an object (on)'],
  [{ ...RULE, for: { 'data.x': new Date(0) } }, 'takes JSON'],
  [{ ...RULE, for: {} }, 'takes a condition'],
  [{ ...RULE, for: { 'user.level': '$data.level' } }, 'swap the two sides'],
  [{ ...RULE, handOn: 'yes', as: 'A' }, 'takes true or false'],
  [null, 'must be an object'],
])('the object %j is refused: %s', (value, message) => {
  expect(() => readRule('r', value)).toThrow(message);
});

test.each(['__proto__', 'constructor', 'prototype'])('no rule is called %s, in whatever form', (name) => {
  const table = (cells: string[], line: number) => ({ line, cells });
  const [head = [], row = []] = toTable(
    contentsOf(atOnce(readGridObject({ rules: { r: RULE }, labels: {} }))),
  );
  for (const read of [
    () => atOnce(readSentences(`"${name}": Allow group "hr" to View on process "p"`)),
    () => atOnce(readGridObject({ rules: Object.fromEntries([[name, RULE]]), labels: {} })),
    () => atOnce(readTable([table(head, 1), table([name, ...row.slice(1)], 2)])),
  ])
    expect(read).toThrow('has another meaning in JavaScript');
});

test('a label takes a number of holders from one on', () => {
  expect(readLabel('Author', { multiple: 2 })).toEqual({ multiple: 2 });
  for (const multiple of [0, 1.5, '1', 1001, null])
    expect(() => readLabel('Author', { multiple })).toThrow('a whole number from 1 to 1000');
});

test('a condition on the user alone is a condition like others', () => {
  expect(parseCondition({ 'user.level': { $gte: 3 } })).toMatchObject({
    op: 'gte',
    field: 'user.level',
    value: 3,
  });
});

test.each<[what: string, value: unknown]>([
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['a large number', 1n],
  ['undefined', undefined],
  ['a date', new Date(0)],
])('a condition is refused where JSON would leave out a part of it: %s', (_what, value) => {
  const rule = { effect: 'Allow', users: 'all', privilege: 'Perform', on: { process: 'P' } };
  for (const more of [
    { for: { 'data.store': value } },
    { for: { 'data.a': 1, 'data.store': value } },
    { users: { where: { 'user.region': value } } },
  ])
    expect(() => readRule('r', { ...rule, ...more })).toThrow(/takes JSON/);
});

import { BadInput } from '../../src/core/errors.js';
import { asOperation, OPERATIONS, type OperationEntry } from '../../src/core/operation.js';
import { rowsUnder } from './reference.js';
import { HOSTILE_VALUES } from './hostile.js';

const ENTRIES = Object.entries(OPERATIONS) as [string, OperationEntry][];
const circular: Record<string, unknown> = {};
circular.self = circular;

describe('the operation catalogue', () => {
  test.each(ENTRIES)('%s is found by its name, is frozen and says what it means', (name, entry) => {
    expect(asOperation(name)).toBe(name);
    expect(Object.isFrozen(entry)).toBe(true);
    expect(entry.meaning).not.toBe('');
    for (const list of [entry.grid, entry.rights, entry.sections, entry.cases])
      expect(Object.isFrozen(list)).toBe(true);
  });

  test.each(ENTRIES)(
    '%s acts on the resource kind in its name; only a start acts on a model',
    (name, { kind }) => {
      expect(kind).toBe(name === 'instance:start' ? 'model' : name.split(':')[0]);
    },
  );

  test.each([
    ['task:tkae', 'did you mean task:take?'],
    ['TASK:READ', 'did you mean task:read?'],
    ['', 'see the operation catalogue.'],
    ['hasOwnProperty', 'see the operation catalogue.'],
  ])('names what was meant by %j, if something is similar', (name, hint) => {
    expect(() => asOperation(name)).toThrow(`Unknown operation ${JSON.stringify(name)}; ${hint}`);
  });

  test.each([
    'task:fly',
    'TASK:READ',
    'task:read ',
    'task',
    '',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
  ])('does not list %j', (name) => {
    expect(() => asOperation(name)).toThrow(BadInput);
    expect(() => asOperation(name)).toThrow(
      expect.objectContaining({
        code: 'unknown-operation',
        status: 400,
        message: expect.stringMatching(
          /^Unknown operation ".*"; (did you mean [a-z:]+\?|see the operation catalogue\.)$/,
        ) as string,
      }) as Error,
    );
  });

  test.each(
    [...HOSTILE_VALUES, circular, ['task:read'], { toString: () => 'task:read' }].map((value) => [value]),
  )('does not list %p', (value) => {
    expect(() => asOperation(value)).toThrow(BadInput);
  });
});

test('the reference page has each operation with its meaning and all that grants it', () => {
  expect(rowsUnder('Operations').map((row) => row.slice(0, 6))).toEqual(
    ENTRIES.map(([name, { meaning, grid, rights, sections, cases }]) => [
      `\`${name}\``,
      meaning,
      ...[grid, rights, sections, cases].map((list) => list.join(', ')),
    ]),
  );
});

test('what is granted in no other way has no names there', () => {
  expect(OPERATIONS['model:code']).toMatchObject({ grid: [], sections: [], cases: [] });
  expect(OPERATIONS['instance:data'].cases).toEqual(['ADD_DATA', 'REMOVE_DATA']);
});

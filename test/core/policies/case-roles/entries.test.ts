import { changedSet, namesIn, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { policyDocumentOf, readPolicyDocument } from '../../../../src/core/policy-set/files.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';
import { atOnce } from '../../../../src/core/in-steps.js';

const read = (kind: string, id: unknown, value: unknown): unknown =>
  readChanges([{ kind, id, value }])[0]?.value;

test('roles are trimmed, sorted, and named once', () => {
  expect(read('case-operation', 'CANCEL_CASE', { roles: [' owner', 'hr', 'owner '] })).toEqual({
    roles: ['hr', 'owner'],
  });
  expect(read('case-field', 'data.salary', { roles: [], models: ['Claim'], says: 'pay' })).toEqual({
    roles: [],
    models: ['Claim'],
    says: 'pay',
  });
});

const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}`);

test('names of models are trimmed, composed, sorted, and kept once; a hundred of each are admitted', () => {
  const of = (models: string[], roles: string[] = []) => read('case-field', 'data.salary', { roles, models });
  expect(of([' Order', 'Cafe\u0301', 'Order '])).toEqual({ roles: [], models: ['Caf\u00e9', 'Order'] });
  expect(of(['x'.repeat(200)])).toMatchObject({ models: ['x'.repeat(200)] });
  expect(of(many(100), many(100))).toEqual({ roles: many(100).sort(), models: many(100).sort() });
});

test('the models that a field names are those in whose cases it is for some only', () => {
  const names = (kind: string, id: string, value: object) => namesIn({ kind, id, value });
  expect(names('case-field', 'data.pay', { roles: [], models: ['A', 'B'] })).toEqual([
    { model: 'A' },
    { model: 'B' },
  ]);
  expect(names('case-field', 'data.pay', { roles: [] })).toEqual([]);
  expect(names('case-operation', 'CANCEL_CASE', { roles: [] })).toEqual([]);
});

test('a file is written with what there is of operations and fields', () => {
  const written = (kind: string, id: string, value: object): unknown =>
    policyDocumentOf(changedSet(PolicySet.EMPTY, readChanges([{ kind, id, value }]))).cases;
  expect(written('case-operation', 'CANCEL_CASE', { roles: ['owner'] })).toEqual({
    operations: { CANCEL_CASE: ['owner'] },
  });
  expect(written('case-field', 'data.pay', { roles: [] })).toEqual({ fields: { 'data.pay': { roles: [] } } });
});

test.each([
  [{ field: {} }, 'cases.field: Cases has no "field". Did you mean fields?'],
  [{ operations: [] }, 'cases.operations: Case operations are an object by name, got [].'],
  [{ fields: [] }, 'cases.fields: Fields of cases are an object by name, got [].'],
  [{ operations: { CANCEL: [] } }, 'cases.operations.CANCEL: Unknown case operation "CANCEL"'],
  [{ fields: { pay: { roles: [] } } }, 'cases.fields.pay: The field "pay" must be a path below data'],
])('a mistake in a file is told with its place: %j', (cases, message) => {
  const told = atOnce(readPolicyDocument({ cases })).mistakes.map(
    (one) => `${one.path.join('.')}: ${one.message}`,
  );
  expect(told).toEqual([expect.stringContaining(message)]);
});

test.each<[kind: string, id: string, value: unknown, message: string]>([
  ['case-operation', 'CANCEL', { roles: [] }, 'Unknown case operation "CANCEL"'],
  ['case-operation', ' CANCEL_CASE', { roles: [] }, 'Unknown case operation'],
  ['case-operation', 'CANCEL_CASE', { role: [] }, 'Did you mean roles?'],
  ['case-operation', 'CANCEL_CASE', {}, 'takes a list'],
  ['case-operation', 'CANCEL_CASE', { roles: 'owner' }, 'takes a list'],
  ['case-operation', 'CANCEL_CASE', { roles: ['a.b'] }, 'names of roles'],
  ['case-operation', 'CANCEL_CASE', { roles: ['__proto__'] }, 'names of roles'],
  ['case-field', 'salary', { roles: [] }, 'path below data'],
  ['case-field', 'data', { roles: [] }, 'path below data'],
  ['case-field', 'data.', { roles: [] }, 'path below data'],
  ['case-field', 'data.list.0', { roles: [] }, 'path below data'],
  ['case-field', 'data.$x', { roles: [] }, 'path below data'],
  ['case-field', 'data.constructor', { roles: [] }, 'path below data'],
  ['case-field', 'items.assignee', { roles: [] }, 'path below data'],
  ['case-field', `data.${'a.'.repeat(12)}b`, { roles: [] }, 'at most 12 names'],
  ['case-field', 'data.salary', { roles: [], models: [] }, 'takes models'],
  ['case-field', 'data.salary', { roles: [], model: ['Claim'] }, 'Did you mean models?'],
  ['case-field', 'data.salary', { roles: [], models: 'Claim' }, 'takes models, a list of 1 to 100 names'],
  ['case-field', 'data.salary', { roles: [], models: many(101) }, 'takes models, a list of 1 to 100 names'],
  ['case-field', 'data.salary', { roles: many(101) }, 'takes a list of at most 100 roles'],
  ['case-field', 'data.salary', { roles: [7] }, 'The field "data.salary" takes names of roles, got 7.'],
  ['case-field', 'data.salary', { roles: [], says: 7 }, 'The field "data.salary" has a description'],
  ...[7, ' ', 'x'.repeat(201)].map(
    (name) =>
      ['case-field', 'data.salary', { roles: [], models: [name] }, 'takes names of models'] as [
        string,
        string,
        unknown,
        string,
      ],
  ),
])('%s %j %j is refused', (kind, id, value, message) => {
  expect(() => read(kind, id, value)).toThrow(
    expect.objectContaining({ code: 'bad-policy', message: expect.stringContaining(message) as unknown }),
  );
});

test('a set limits 2,000 fields, with 500 different roles and models', () => {
  const fields = (count: number, roles: (at: number) => string[]) =>
    readChanges(
      Array.from({ length: count }, (_, at) => ({
        kind: 'case-field',
        id: `data.f${at}`,
        value: { roles: roles(at) },
      })),
    );
  const saved = (changes: ReturnType<typeof fields>) => changedSet(PolicySet.EMPTY, changes);
  const refused = (id: string, message: string): Error =>
    expect.objectContaining({
      code: 'too-large',
      id,
      message: expect.stringContaining(message) as unknown,
    }) as Error;
  expect(saved(fields(2000, () => ['owner'])).size).toBe(2000);
  expect(() => saved(fields(2001, () => ['owner']))).toThrow(refused('data.f2000', 'At most 2000 fields'));
  expect(saved(fields(500, (at) => [`role${at}`])).size).toBe(500);
  expect(() => saved(fields(501, (at) => [`role${at}`]))).toThrow(refused('data.f500', 'name 501 roles'));
});

import { changedSet, readChanges } from '../../../../src/core/policy-kinds.js';
import { PolicySet } from '../../../../src/core/policy-set.js';

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

test.each([
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

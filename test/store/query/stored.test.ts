import type { StoredInstance } from '../../../src/store/documents.js';
import { atRevision, itemsOf, revisionOf, settable, whole } from '../../../src/store/query/stored.js';

const instance = (fields: object): StoredInstance => ({ id: 'i', ...fields }) as unknown as StoredInstance;

test('the items of an instance are its entries with a text as id; other programs may have stored anything else', () => {
  const [one, empty] = [{ id: 'a' }, { id: '' }];
  const strange = [null, undefined, 'a', 7, [], Object.assign([], { id: 'a' }), {}, { id: 7 }, { id: null }];
  expect(itemsOf(instance({ items: [...strange, one, empty] }))).toEqual([one, empty]);
  for (const items of [undefined, null, 'a', { 0: one, length: 1 }])
    expect(itemsOf(instance({ items }))).toEqual([]);
});

test('an instance without a list of items gets an empty one; any other stays as it is', () => {
  expect(whole(instance({ name: 'M' }))).toEqual({ id: 'i', name: 'M', items: [] });
  for (const items of [null, [], [{ id: 'a' }]]) {
    const stored = instance({ items });
    expect(whole(stored)).toBe(stored);
  }
});

test('the revision is that of the guard; what an unguarded host wrote has none', () => {
  expect(revisionOf({ guard: { rev: 3 } })).toBe(3);
  for (const stored of [
    {},
    { rev: 3 },
    { guard: null },
    { guard: [{ rev: 3 }] },
    { guard: 'rev' },
    null,
    undefined,
  ])
    expect(revisionOf(stored)).toBeUndefined();
});

describe('the fields of an update', () => {
  test('are set by their names, also such as only look like others', () => {
    const fields = { name: 'M', data: { 'a.b': 1 }, $: undefined, ids: 1, _ids: 1, a$: 1 };
    const { $: _sign, ...plain } = fields;
    expect(settable(plain)).toBe(plain);
    const id = { id: 'x' };
    expect(settable(id, ['name'])).toBe(id);
  });

  test.each(['', '_id', '__proto__', 'id', 'a.b', '.', '$set', '$'])(
    'are refused if one is a path, an operator or names the document: %j',
    (name) => {
      const fields = JSON.parse(JSON.stringify({ fine: 1, wrong: 1 }).replace('wrong', name)) as Record<
        string,
        unknown
      >;
      expect(() => settable(fields)).toThrow(new TypeError(`Field ${JSON.stringify(name)} cannot be set`));
    },
  );

  test('are refused if one identifies the document', () => {
    expect(() => settable({ name: 'M' }, ['name', 'owner'])).toThrow('Field "name" cannot be set');
    expect(() => settable({ owner: 'M' }, ['name', 'owner'])).toThrow('Field "owner" cannot be set');
  });
});

test('a document without a revision is only found as one that an unguarded host wrote', () => {
  expect(atRevision(0)).toEqual({ 'guard.rev': 0 });
  expect(atRevision(undefined)).toEqual({ 'guard.rev': { $exists: false } });
});

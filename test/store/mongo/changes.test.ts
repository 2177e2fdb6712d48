import fc from 'fast-check';
import { Binary, Long, ObjectId } from 'bson';
import { normalise } from '../../../src/store/bson/codec.js';
import { changesOf, type Changes } from '../../../src/store/mongo/changes.js';

type Doc = Record<string, unknown>;

/** A document or list, as the database changes it: new fields in the order of their names. */
function applied(document: Doc, { set, unset }: Changes): Doc {
  const result = normalise(document);
  const ofPath = (path: string): [parent: Doc, key: string] => {
    const keys = path.split('.');
    const last = keys.pop() as string;
    return [keys.reduce<Doc>((value, key) => value[key] as Doc, result), last];
  };
  for (const path of Object.keys(unset)) {
    const [parent, key] = ofPath(path);
    delete parent[key];
  }
  for (const [path, value] of Object.entries(set).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [parent, key] = ofPath(path);
    parent[key] = value;
  }
  return result;
}

const paths = (before: Doc, after: Doc): [set: string[], unset: string[]] => {
  const { set, unset } = changesOf(before, after);
  return [Object.keys(set), Object.keys(unset)];
};

describe('What an update sends', () => {
  test.each<[what: string, before: Doc, after: Doc, set: string[], unset: string[]]>([
    ['nothing of what is the same', { a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1 }] } }, [], []],
    ['a field that is new', { a: 1 }, { b: { c: 1 } }, ['b'], []],
    ['a field within a document', { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, ['a.c'], []],
    ['the removal of a field', { a: { b: 1, c: 2 } }, { a: { c: 2 } }, [], ['a.b']],
    ['null, which is not a missing field', { a: { b: 1 } }, { a: { b: null } }, ['a.b'], []],
    [
      'a changed entry of a list of documents, and a new one',
      { items: [{ id: 'a' }, { id: 'b', status: 'wait' }] },
      { items: [{ id: 'a' }, { id: 'b', status: 'end' }, { id: 'c' }] },
      ['items.1.status', 'items.2'],
      [],
    ],
    ['a list that became shorter', { a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }] }, ['a'], []],
    ['a list of other values', { a: ['x', 'y'] }, { a: ['x', 'z'] }, ['a'], []],
    ['a document in another order', { a: { b: { x: 1, y: 2 } } }, { a: { b: { y: 2, x: 1 } } }, ['a.b'], []],
    ['what would be appended in another order', { a: { b: 1 } }, { a: { b: 1, d: 1, c: 1 } }, ['a'], []],
    ['a document with a key that no path names', { a: { 'b.c': 1 } }, { a: { 'b.c': 2 } }, ['a'], []],
    ['a list in place of a document', { a: { 0: { b: 1 } } }, { a: [{ b: 1 }] }, ['a'], []],
    ['a value of another class', { a: { b: new Date(1) } }, { a: { b: new Date(2) } }, ['a.b'], []],
  ])('is %s', (_what, before, after, set, unset) => {
    expect(paths(before, after)).toEqual([set, unset]);
  });

  test('is nothing of dates, ids, bytes and large numbers that are the same', () => {
    const values = (): Doc => ({
      date: new Date(5),
      id: new ObjectId('0123456789abcdef01234567'),
      bytes: new Binary(Buffer.from('ab')),
      long: Long.fromString('9007199254740993'),
      pattern: /a/i,
    });
    expect(paths(normalise({ a: values() }), normalise({ a: values() }))).toEqual([[], []]);
  });

  test('is the whole field where it has more changes than a value costs', () => {
    const items = (status: string): Doc[] => Array.from({ length: 300 }, (_, i) => ({ id: `i${i}`, status }));
    expect(paths({ items: items('wait') }, { items: items('end') })).toEqual([['items'], []]);
  });

  test('makes of any document the other one, in its order', () => {
    const key = fc.constantFrom('a', 'b', 'c', '0', 'a.b', '$a', '', '__proto__', 'length');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 0, -0, 1, 'a', true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.dictionary(key, tie('value'), { maxKeys: 3 }), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const names = fc.constantFrom('data', 'items', 'guard');
    const document = fc.dictionary(names, value, { maxKeys: 3 });
    fc.assert(
      fc.property(document, document, (one, other) => {
        const [before, after] = [normalise(one as Doc), normalise(other as Doc)];
        const result = applied(before, changesOf(before, after));
        for (const name of Object.keys(after))
          expect(JSON.stringify(result[name])).toBe(JSON.stringify(after[name]));
      }),
      { numRuns: 2000 },
    );
  });
});

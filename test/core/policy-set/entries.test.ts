import fc from 'fast-check';
import { Entries } from '../../../src/core/policy-set/entries.js';
import { CASES } from '../../support/cases.js';

const byFirst = (value: unknown): string | undefined => (value as string)[0];
const CHANGE = fc.tuple(
  fc.integer({ min: 0, max: 30 }).map(String),
  fc.option(fc.string({ minLength: 1, maxLength: 3 }), { nil: undefined }),
);

test('entries equal a map after the same changes, in every version', () => {
  fc.assert(
    fc.property(fc.array(fc.array(CHANGE, { maxLength: 20 }), { maxLength: 6 }), (versions) => {
      let entries = Entries.NONE;
      const map = new Map<string, string>();
      for (const changes of versions) {
        entries = entries.with(changes);
        for (const [id, value] of changes)
          if (value === undefined) map.delete(id);
          else map.set(id, value);
        expect(new Map(entries)).toEqual(map);
        expect(entries.size).toBe(map.size);
        for (const [id] of changes)
          expect([entries.has(id), entries.get(id)]).toEqual([map.has(id), map.get(id)]);
        for (const key of new Set([...map.values()].map(byFirst)))
          expect(entries.where(byFirst, key as string).sort()).toEqual(
            [...map.values()].filter((value) => byFirst(value) === key).sort(),
          );
      }
    }),
    { numRuns: 100 * CASES },
  );
});

test('many changes are applied with structural sharing, and the older version is unchanged', () => {
  const many = Array.from({ length: 1500 }, (_, at) => [`id ${at}`, `${at % 7}`] as const);
  const first = Entries.NONE.with(many);
  const second = first.with(many.slice(0, 1200).map(([id]) => [id, undefined] as const));
  expect([first.size, second.size]).toEqual([1500, 300]);
  expect(first.where(byFirst, '3')).toHaveLength(214);
  expect(second.where(byFirst, '3')).toHaveLength(43);
  expect([...second.keys()]).toEqual(many.slice(1200).map(([id]) => id));
  expect([...first]).toEqual(many);
});

test('the values are indexed once; later questions, also of the next version, read only what has changed', () => {
  let read = 0;
  const counted = (value: unknown): string | undefined => {
    read++;
    return byFirst(value);
  };
  const many = Entries.NONE.with(Array.from({ length: 1500 }, (_, at) => [`id ${at}`, `${at % 7}`] as const));
  for (const key of ['3', '4', 'none']) many.where(counted, key);
  expect(read).toBe(1500);
  const next = many.with([['id 3', 'x']]);
  expect(next.where(counted, '3')).toHaveLength(213);
  expect(next.where(counted, 'x')).toEqual(['x']);
  expect(read).toBe(1501);
});

test('each entry is passed on with its id and all others', () => {
  const entries = Entries.NONE.with([
    ['a', 1],
    ['b', 2],
  ]);
  const met: unknown[] = [];
  entries.forEach((value, id, all) => met.push([value, id, all === entries]));
  expect(met).toEqual([
    [1, 'a', true],
    [2, 'b', true],
  ]);
  expect([...entries.values()]).toEqual([1, 2]);
});

test('the keys of the values are each told once, also after changes', () => {
  const first = Entries.NONE.with([
    ['1', 'a'],
    ['2', 'a'],
    ['3', 'b'],
  ]);
  const many = first.with(Array.from({ length: 1500 }, (_, at) => [`id ${at}`, 'c'] as const));
  expect([...first.keysBy(byFirst)].sort()).toEqual(['a', 'b']);
  const next = many.with([
    ['1', 'd'],
    ['3', undefined],
    ['4', 'c'],
  ]);
  expect([...next.keysBy(byFirst)].sort()).toEqual(['a', 'c', 'd']);
  expect([...many.keysBy(byFirst)].sort()).toEqual(['a', 'b', 'c']);
});

test('what may have changed since other entries is known while both share their beginning', () => {
  const first = Entries.NONE.with(Array.from({ length: 1500 }, (_, at) => [`id ${at}`, 'a'] as const));
  const second = first.with([
    ['id 3', 'x'],
    ['id 4', undefined],
  ]);
  const third = second.with([['new', 'y']]);
  expect([...(second.changedSince(first) as Set<string>)]).toEqual(['id 3', 'id 4']);
  expect([...(third.changedSince(second) as Set<string>)].sort()).toEqual(['id 3', 'id 4', 'new']);
  expect([...(first.changedSince(second) as Set<string>)]).toEqual(['id 3', 'id 4']);
  const far = first.with(Array.from({ length: 1200 }, (_, at) => [`id ${at}`, 'b'] as const));
  expect(far.changedSince(first)).toBeUndefined();
});

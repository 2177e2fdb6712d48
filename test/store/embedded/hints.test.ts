import { ObjectId } from 'bson';
import { hintsOf } from '../../../src/store/embedded/hints.js';
import { beginning, entriesOf } from '../../../src/store/embedded/index-entries.js';
import type { StoredInstance } from '../../../src/store/port.js';

const beginningsOf = (filter: Readonly<Record<string, unknown>>): string[] =>
  [...hintsOf(filter)].flatMap((hint) => (hint.kind === 'entries' ? hint.beginnings : []));

test('instances without marks are looked for in the list of those, not among all that run', () => {
  const unmarked = beginning('format', 'none');
  expect(beginningsOf({ status: 'running', 'guard.format': null })).toContain(unmarked);
  expect(beginningsOf({ $and: [{ 'guard.format': null }] })).toEqual([unmarked]);
  expect(beginningsOf({ 'guard.format': 3 })).toEqual([]);
  const entries = (guard?: object): string[] =>
    [
      ...entriesOf({ _id: new ObjectId(), id: 'i', ...(guard && { guard }) } as unknown as StoredInstance),
    ].filter((key) => key.startsWith(unmarked));
  // Whatever the filter admits is in the list.
  expect([entries(), entries({}), entries({ format: null })].map(({ length }) => length)).toEqual([1, 1, 1]);
  expect(entries({ format: 3 })).toEqual([]);
});

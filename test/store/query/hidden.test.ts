import { eq, not } from '../../../src/core/condition/condition.js';
import { askedOf, hiddenSort, shownFor, type Hidden } from '../../../src/store/query/hidden.js';
import type { Leaf } from '../../../src/store/query/caller-query.js';

const OWN = eq('item.assignee', 'alice');
/** Who a task is for is shown to its assignee only. */
const hidden: Hidden = {
  shows: (on, field) => (on === 'item' && field === 'candidateUsers' ? OWN : undefined),
};
const leaf = (on: Leaf['on'], field: string, kind: Leaf['kind'] = 'test'): Leaf =>
  ({ on, field, kind, test: { $eq: 'x' } }) as unknown as Leaf;

test('a field is hidden as a field of items alone: one of that name at the instance is not', () => {
  expect(shownFor(hidden, [leaf('row', 'candidateUsers'), leaf('item', 'status')])).toEqual([]);
  expect(askedOf(hidden, leaf('row', 'candidateUsers'))).toEqual([{ tested: true }]);
});

test('where it is shown is told once for each condition', () => {
  const both = [leaf('item', 'candidateUsers'), leaf('item', 'candidateUsers'), leaf('item', 'status')];
  expect(shownFor(hidden, both)).toEqual([OWN]);
  expect(shownFor(undefined, both)).toEqual([]);
});

test('a test is asked where the field is shown, a negation holds where it is not', () => {
  expect(askedOf(hidden, leaf('item', 'candidateUsers'))).toEqual([{ where: OWN, tested: true }]);
  expect(askedOf(hidden, leaf('item', 'candidateUsers', 'absent' as Leaf['kind']))).toEqual([
    { where: not(OWN), tested: false },
    { tested: true },
  ]);
  expect(askedOf(undefined, leaf('item', 'candidateUsers'))).toEqual([{ tested: true }]);
});

test('the first hidden field of a sort is named', () => {
  expect(
    hiddenSort(hidden, [
      ['items.status', 1],
      ['items.candidateUsers', -1],
    ]),
  ).toBe('items.candidateUsers');
  expect(
    hiddenSort(hidden, [
      ['candidateUsers', 1],
      ['items.status', 1],
    ]),
  ).toBeUndefined();
  expect(hiddenSort(hidden)).toBeUndefined();
  expect(hiddenSort(undefined, [['items.candidateUsers', 1]])).toBeUndefined();
});

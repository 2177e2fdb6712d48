import { differences } from '../../../src/core/policy-set/difference.js';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';

const kind = 'security-role';
const SET = PolicySet.EMPTY.with(1, [
  { kind, id: 'clerk', value: { rights: [] } },
  { kind, id: 'boss', value: { rights: ['Todo:Process'] } },
]);

test('a set does not differ from itself, nor from one with equal entries', () => {
  expect(differences(SET, SET)).toEqual([]);
  expect(differences(SET, SET.with(2, [{ kind, id: 'clerk', value: { rights: [] } }]))).toEqual([]);
  expect(differences(PolicySet.EMPTY, PolicySet.EMPTY)).toEqual([]);
});

test('entries that were changed, removed and added are told, each with what it was and is', () => {
  const after = SET.with(2, [
    { kind, id: 'clerk', value: { rights: ['Todo:Read'] } },
    { kind, id: 'boss', value: null },
    { kind: 'duty', id: 'd', value: { duty: 'distinct' } },
  ]);
  expect(differences(SET, after)).toEqual([
    { kind, id: 'clerk', before: { rights: [] }, after: { rights: ['Todo:Read'] } },
    { kind, id: 'boss', before: { rights: ['Todo:Process'] } },
    { kind: 'duty', id: 'd', after: { duty: 'distinct' } },
  ]);
  expect(differences(after, PolicySet.EMPTY)).toHaveLength(2);
});

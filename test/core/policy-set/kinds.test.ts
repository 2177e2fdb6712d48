import {
  assertRoomForOthers,
  changedSet,
  compileSet,
  namesIn,
  readChanges,
} from '../../../src/core/policy-set/kinds.js';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';

const change = (kind: string, id: string, value: unknown) => readChanges([{ kind, id, value }]);
const rule = (on: object) => ({ effect: 'Allow', users: 'all', privilege: 'View', on });
const FIRST = changedSet(PolicySet.EMPTY, [
  ...change('grid-rule', 'a', rule({ process: 'A' })),
  ...change('duty', 'd', { duty: 'not-initiator', model: 'A' }),
  ...change('security-role', 'clerk', { rights: ['Model:Read'] }),
]);
const compiled = compileSet(FIRST);
const after = (kind: string, id: string, value: unknown) => {
  const set = changedSet(FIRST, change(kind, id, value));
  const { policies: _all, ...now } = compileSet(set, {}, { set: FIRST, compiled });
  return Object.entries(now).flatMap(([name, part]) =>
    part === compiled[name as keyof typeof now] ? [] : [name],
  );
};

test.each([
  ['a security role', 'security-role', 'clerk', { rights: [] }, ['securityRoles']],
  ['a duty', 'duty', 'd', { duty: 'not-initiator', model: 'B' }, ['duties']],
  // What a grid rule shows, a duty does not hide.
  ['a rule of the grid', 'grid-rule', 'a', rule({ process: 'B' }), ['duties', 'grid']],
  ['a label of the grid', 'grid-label', 'l', { multiple: 2 }, ['duties', 'grid']],
])('a change of %s recompiles only what depends on it', (_what, kind, id, value, parts) => {
  expect(after(kind, id, value).sort()).toEqual(parts);
});

test('a set decides the same whether or not another was compiled before it', () => {
  const set = changedSet(FIRST, change('grid-rule', 'a', null));
  expect(compileSet(set, {}, { set: FIRST, compiled }).policies.map(({ name }) => name)).toEqual(
    compileSet(set).policies.map(({ name }) => name),
  );
});

const refused = (message: string, code = 'bad-policy'): Error =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as Error;
const DUTY = { duty: 'not-initiator', model: 'A' };

test.each<[unknown, string]>([
  [undefined, 'Changes must be a list, got undefined.'],
  [{ kind: 'duty', id: 'd', value: DUTY }, 'Changes must be a list, got {'],
  [[{ kind: 'dutty', id: 'd', value: DUTY }], 'kind of policy'],
  [[{ kind: 'duty', id: '', value: DUTY }], 'Change 1 needs the id of an entry, got "".'],
  [[{ kind: 'duty', id: 7, value: DUTY }], 'Change 1 needs the id of an entry, got 7.'],
  [
    [
      { kind: 'duty', id: 'd', value: DUTY },
      { kind: 'duty', id: 'x'.repeat(3001), value: DUTY },
    ],
    'Change 2 needs the id of an entry',
  ],
  [[undefined], 'Change 1'],
  [new Array(1), 'Change 1'],
  [[{ kind: 'security-role', id: ' ', value: { rights: [] } }], 'The entry security-role'],
])('changes are refused: %#', (given, message) => {
  expect(() => readChanges(given)).toThrow(refused(message));
});

test('at most 200,000 changes are read, and made', () => {
  const many = new Array<unknown>(200_001);
  expect(() => readChanges(many)).toThrow(refused('A policy set has at most 200000 entries.', 'too-large'));
  const removal = { kind: 'duty', id: 'd', value: null };
  const [one] = change('duty', 'd', DUTY);
  const list = [...Array.from({ length: 100_000 }, () => [one, removal]).flat()] as Parameters<
    typeof changedSet
  >[1][number][];
  expect(changedSet(PolicySet.EMPTY, list).size).toBe(0);
  expect(() => changedSet(PolicySet.EMPTY, [...list, one as (typeof list)[number]])).toThrow(
    refused('A policy set has at most 200000 entries.', 'too-large'),
  );
});

describe('a removal', () => {
  const remove = (id: string) => ({ kind: 'duty', id, value: null });

  test.each<[string, Parameters<typeof changedSet>[1], boolean]>([
    ['of an entry', [remove('d')], true],
    ['of none', [remove('e')], false],
    ['of one that is removed already', [remove('d'), remove('d')], false],
    ['of one that has just been added', [...change('duty', 'e', DUTY), remove('e')], true],
    [
      'of one that was removed and added again',
      [remove('d'), ...change('duty', 'd', DUTY), remove('d')],
      true,
    ],
    ['of one of another kind', [{ kind: 'grid-rule', id: 'd', value: null }], false],
  ])('%s: %#', (_what, changes, is) => {
    const made = (): unknown => changedSet(FIRST, changes);
    if (is) expect(made).not.toThrow();
    else expect(made).toThrow(refused('to remove.'));
  });

  test('is refused with the kind and the id', () => {
    expect(() => changedSet(FIRST, [remove('e')])).toThrow(refused('There is no duty "e" to remove.'));
  });
});

test('a changed set has the next version, and references in it are checked', () => {
  expect(changedSet(FIRST, change('duty', 'e', DUTY)).version).toBe(FIRST.version + 1);
  expect(FIRST.version).toBe(1);
});

test('the names in a change are those of models and elements', () => {
  const names = (kind: string, id: string, value: unknown) => namesIn(change(kind, id, value)[0] as never);
  expect(names('duty', 'd', DUTY)).toContainEqual(expect.objectContaining({ model: 'A' }));
  expect(namesIn({ kind: 'duty', id: 'd', value: null })).toEqual([]);
  expect(names('security-role', 'clerk', { rights: [] })).toEqual([]);
  expect(namesIn({ kind: 'unknown', id: 'd', value: {} })).toEqual([]);
});

test('an entry of a kind that only a newer version knows is not passed over', () => {
  const set = PolicySet.EMPTY.with(1, [{ kind: 'horoscope', id: 'd', value: {} }]);
  expect(() => compileSet(set)).toThrow(new TypeError('Unknown kind of policy "horoscope"'));
});

test('a policy stands for each part that is in use', () => {
  const names = (set: PolicySet) => compileSet(set).policies.map(({ name }) => name);
  expect(names(PolicySet.EMPTY)).toEqual(
    names(
      changedSet(FIRST, [
        { kind: 'grid-rule', id: 'a', value: null },
        { kind: 'duty', id: 'd', value: null },
        { kind: 'security-role', id: 'clerk', value: null },
      ]),
    ),
  );
  expect(names(FIRST).length).toBeGreaterThan(names(PolicySet.EMPTY).length);
});

describe.each(['__proto__', 'constructor', 'prototype'])('an entry named %s', (id) => {
  test.each([
    ['security-role', { rights: [] }],
    ['duty', { duty: 'not-initiator', model: 'M' }],
    ['grid-rule', 'Allow all to View on process "M"'],
    ['grid-label', {}],
    ['section', {}],
  ])('of the kind %s is refused, and can be removed where an older version stored it', (kind, value) => {
    expect(() => change(kind, id, value)).toThrow(expect.objectContaining({ code: 'bad-policy' }) as Error);
    expect(change(kind, id, null)).toEqual([{ kind, id, value: null }]);
  });
});

test('only administrators fill the last 20,000 entries; others may still change and remove some', () => {
  const of = (size: number): PolicySet => ({ size }) as PolicySet;
  const over = refused('Only administrators can add more than 180000 entries', 'too-large');
  expect(() => assertRoomForOthers(of(179_999), of(180_000))).not.toThrow();
  expect(() => assertRoomForOthers(of(180_000), of(180_001))).toThrow(over);
  expect(() => assertRoomForOthers(of(190_000), of(190_000))).not.toThrow();
  expect(() => assertRoomForOthers(of(190_000), of(189_999))).not.toThrow();
});

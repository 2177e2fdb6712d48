import fc from 'fast-check';
import {
  isRoleName,
  parseCaseRoles,
  parsePassedRoles,
} from '../../../../src/core/policies/case-roles/declaration.js';

test('one number is the maximum, two are minimum and maximum, none means any number', () => {
  expect(parseCaseRoles('owner:1,contact : 2, participant,approver:1..2, jury:3..*, all:*')).toEqual([
    { name: 'owner', min: 0, max: 1 },
    { name: 'contact', min: 0, max: 2 },
    { name: 'participant', min: 0 },
    { name: 'approver', min: 1, max: 2 },
    { name: 'jury', min: 3 },
    { name: 'all', min: 0 },
  ]);
});

test('what is at a limit is admitted', () => {
  expect(parseCaseRoles(`${'o'.repeat(64)}:500`)).toEqual([{ name: 'o'.repeat(64), min: 0, max: 500 }]);
  expect(parseCaseRoles('jury:500..500, one:1..1')).toMatchObject([
    { min: 500, max: 500 },
    { min: 1, max: 1 },
  ]);
  expect(parseCaseRoles(Array.from({ length: 100 }, (_, at) => `r${at}`).join())).toHaveLength(100);
  expect(parseCaseRoles('cafe\u0301')).toEqual([{ name: 'caf\u00e9', min: 0 }]);
});

test.each([
  ['', 'no name'],
  ['owner,', 'no name'],
  ['owner,,contact', 'no name'],
  ['owner:', 'the number of "owner"'],
  ['owner:0', 'can have from 0'],
  ['owner:-1', 'the number of "owner"'],
  ['owner:1.5', 'the number of "owner"'],
  ['owner:2..1', 'can have from 2'],
  ['owner:1..', 'the number of "owner"'],
  ['owner:..2', 'the number of "owner"'],
  ['owner:1..2..3', 'the number of "owner"'],
  ['owner:one', 'the number of "owner"'],
  ['owner:501', 'can have from 0 to 500'],
  ['owner:1:2', 'the number of "owner"'],
  ['owner:1, owner:2', '"owner" is declared twice'],
  ['a.b', 'names the role "a.b"'],
  ['$owner', 'names the role "$owner"'],
  ['1st', 'names the role "1st"'],
  ['constructor', 'names the role "constructor"'],
  ['the boss', 'names the role "the boss"'],
  ['o'.repeat(65), 'names the role'],
  [Array.from({ length: 101 }, (_, at) => `r${at}`).join(), 'at most 100'],
])('%j is refused, and the cause is named', (text, cause) => {
  expect(() => parseCaseRoles(text)).toThrow(
    expect.objectContaining({ code: 'bad-model', message: expect.stringContaining(cause) as unknown }),
  );
});

test('every parsed declaration has names usable in paths and a minimum below its maximum', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab:1.,* _-$0é'.split('')), maxLength: 20 }), (text) => {
      let roles;
      try {
        roles = parseCaseRoles(text);
      } catch {
        return;
      }
      expect(roles.every(({ name }) => isRoleName(name) && !/[.$,: ]/.test(name))).toBe(true);
      expect(roles.every(({ min, max = min }) => min <= max)).toBe(true);
    }),
  );
});

describe('the roles that a call activity passes on', () => {
  const declared = parseCaseRoles('owner:1, contact');

  test('keep their name or get another', () => {
    expect(parsePassedRoles('owner, requester = contact', declared)).toEqual([
      { to: 'owner', from: 'owner' },
      { to: 'requester', from: 'contact' },
    ]);
  });

  test.each([
    ['', 'write owner, requester=contact'],
    ['requester=boss', 'declares no role "boss"'],
    ['boss', 'declares no role "boss"'],
    ['a=owner, a=contact', '"a" is passed twice'],
    ['a=b=owner', 'write owner'],
    ['=owner', 'write owner'],
    ['a=', 'names the role ""'],
  ])('%j is refused', (text, cause) => {
    expect(() => parsePassedRoles(text, declared)).toThrow(cause);
  });
});

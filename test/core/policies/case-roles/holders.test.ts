import { parseCaseRoles } from '../../../../src/core/policies/case-roles/declaration.js';
import {
  assertRoom,
  complete,
  declaredRole,
  merged,
  readAssignment,
  readHolders,
} from '../../../../src/core/policies/case-roles/holders.js';

const ROLES = parseCaseRoles('owner:1, contact:2, participant');
const refusal = (code: string, cause: string): Error =>
  expect.objectContaining({ code, message: expect.stringContaining(cause) as unknown }) as Error;

/** The cause first, for the name of the test. */
const swapped = ([given, cause]: readonly unknown[]): [string, unknown] => [cause as string, given];

describe('the roles given at a start', () => {
  test('are read by name; each holder is named once', () => {
    expect(
      readAssignment(
        {
          owner: { users: [' ann '] },
          ' participant ': { users: ['ann', 'bob', 'ann'], groups: ['staff'] },
        },
        ROLES,
      ),
    ).toEqual({
      owner: { users: ['ann'], groups: [] },
      participant: { users: ['ann', 'bob'], groups: ['staff'] },
    });
  });

  test('may be none', () => {
    expect(readAssignment({}, ROLES)).toEqual({});
  });

  test('written twice, with blanks once, hold the people of both', () => {
    expect(readAssignment({ contact: { users: ['ann'] }, 'contact ': { users: ['bob'] } }, ROLES)).toEqual({
      contact: { users: ['ann', 'bob'], groups: [] },
    });
  });

  test.each(
    [
      [undefined, 'must be an object of roles'],
      [['owner'], 'must be an object of roles'],
      [{ boss: { users: ['ann'] } }, 'declares no role "boss"'],
      [{ owners: { users: ['ann'] } }, 'Did you mean owner?'],
      [{ owner: { users: ['ann', 'bob'] } }, '"owner" can have at most 1 holders, got 2'],
      [{ owner: { users: ['ann'], groups: ['staff'] } }, '"owner" can have at most 1 holders, got 2'],
      [{ owner: { users: ['ann'] }, 'owner ': { users: ['bob'] } }, 'at most 1 holders, got 2'],
      [{ owner: 'ann' }, 'caseRoles.owner must be an object of users and groups'],
      [{ owner: { user: ['ann'] } }, 'caseRoles.owner has no "user". Did you mean users?'],
      [{ owner: { users: 'ann' } }, 'The users of caseRoles.owner must be a list of names'],
      [{ owner: { groups: [7] } }, 'The groups of caseRoles.owner must be names'],
      [{ owner: { users: [''] } }, 'The users of caseRoles.owner must be names'],
      [{ owner: { users: ['a'.repeat(201)] } }, 'at most 200 characters'],
      [{ participant: { users: Array.from({ length: 501 }, (_, at) => `u${at}`) } }, 'at most 500'],
    ].map(swapped),
  )('are refused where they are wrong: %s', (cause, given) => {
    expect(() => readAssignment(given, ROLES)).toThrow(refusal('bad-option', cause));
  });

  test('are refused, even none of them, by a model that declares no roles', () => {
    expect(() => readAssignment({}, [])).toThrow(refusal('bad-option', 'this one has none'));
  });

  test('leave the other declared roles to nobody', () => {
    const owner = { users: ['ann'], groups: [] };
    const nobody = { users: [], groups: [] };
    expect(complete(ROLES, { owner })).toEqual({ owner, contact: nobody, participant: nobody });
  });
});

describe('the holders of a role', () => {
  test('are as many as a role may have, with names as long as may be', () => {
    const users = Array.from({ length: 500 }, (_, at) => `u${at}`);
    expect(readHolders({ users }, 'The role').users).toHaveLength(500);
    expect(readHolders({ groups: ['g'.repeat(200)] }, 'The role').groups).toEqual(['g'.repeat(200)]);
  });

  test('are refused as a bad request where no option names them', () => {
    expect(() => readHolders(null, 'The role')).toThrow(refusal('bad-request', 'The role must be an object'));
  });

  test('together are each named once, users and groups apart', () => {
    const one = { users: ['ann', 'staff'], groups: ['staff'] };
    expect(merged(one, { users: ['ann'], groups: ['hr'] })).toEqual({
      users: ['ann', 'staff'],
      groups: ['staff', 'hr'],
    });
  });

  test('fill a role up to its number, and no further', () => {
    const [owner, contact, participant] = ROLES as [(typeof ROLES)[0], (typeof ROLES)[0], (typeof ROLES)[0]];
    const of = (count: number) => ({ users: Array.from({ length: count }, (_, at) => `u${at}`), groups: [] });
    expect(() => assertRoom(owner, of(1), 'bad-request')).not.toThrow();
    expect(() => assertRoom(contact, { users: ['ann'], groups: ['hr'] }, 'bad-request')).not.toThrow();
    expect(() => assertRoom(contact, of(3), 'bad-request')).toThrow(refusal('bad-request', 'at most 2'));
    expect(() => assertRoom(participant, of(500), 'bad-request')).not.toThrow();
    expect(() => assertRoom(participant, of(501), 'bad-request')).toThrow(
      refusal('bad-request', 'at most 500'),
    );
  });
});

describe('a role by its name', () => {
  test('is the declared one, also with blanks around it and in another form of Unicode', () => {
    const roles = parseCaseRoles('propriétaire:1');
    expect(declaredRole(roles, ' proprie\u0301taire ')).toBe(roles[0]);
  });

  test.each([
    ['Owner', 'Did you mean owner?'],
    [undefined, 'declares no role undefined'],
    [{ name: 'owner' }, 'declares no role'],
  ])('%j is refused: %s', (name, cause) => {
    expect(() => declaredRole(ROLES, name)).toThrow(refusal('bad-request', cause));
  });
});

test('a list of holders has at most 500 names', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}`);
  expect(readHolders({ users: names(500) }, 'The owner').users).toHaveLength(500);
  for (const list of [names(501), Array.from({ length: 501 }, () => 'ann')])
    expect(() => readHolders({ groups: list }, 'The owner')).toThrow(
      refusal('bad-request', 'can be at most 500.'),
    );
});

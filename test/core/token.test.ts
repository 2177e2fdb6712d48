import fc from 'fast-check';
import { SecureUser } from '../../src/core/principal.js';
import { readerTokens, token, type TokenKind } from '../../src/core/token.js';

const name = fc.string({ unit: fc.constantFrom('a', '|', '\\', '|u:', '|g:'), minLength: 1, maxLength: 4 });

describe('a token', () => {
  test('names tenant, kind and name', () => {
    expect(token('acme', 'u', 'alice')).toBe('acme|u:alice');
    expect(token(undefined, 'g', 'hr')).toBe('|g:hr');
  });

  test.each<[what: string, one: string, other: string]>([
    ['a user and a group of one name', token('acme', 'u', 'hr'), token('acme', 'g', 'hr')],
    ['users of one name in two tenants', token('acme', 'u', 'alice'), token('globex', 'u', 'alice')],
    ['a user of a tenant and one without', token('acme', 'u', 'alice'), token(undefined, 'u', 'alice')],
    ['a tenant whose name ends like a user', token('acme|u:alice', 'u', ''), token('acme', 'u', 'alice|u:')],
    ['a tenant whose name ends in the escape', token('acme\\', 'u', 'a'), token('acme', 'u', '|u:a')],
    [
      'a tenant whose name ends in the escape, and one that holds a token',
      token('acme\\', 'u', 'x|g:y'),
      token('acme|u:x', 'g', 'y'),
    ],
    ['a tenant named |', token('|', 'g', 'hr'), token(undefined, 'g', '|g:hr')],
    ['a tenant named \\|', token('\\|', 'g', 'hr'), token('\\', 'g', '|g:hr')],
  ])('differs for %s', (_what, one, other) => {
    expect(one).not.toBe(other);
  });

  test('is the same for the same three parts only', () => {
    const part = fc.tuple(
      fc.option(name, { nil: undefined }),
      fc.constantFrom<TokenKind>('u', 'g', 'o', 'w'),
      name,
    );
    fc.assert(
      fc.property(part, part, (one, other) => {
        expect(token(...one) === token(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the tokens of a reader', () => {
  test('are everybody, the user and each group, all of its tenant', () => {
    expect(
      readerTokens(new SecureUser({ userName: 'alice', userGroups: ['hr', 'it'], tenantId: 'acme' })),
    ).toEqual(['acme|o:', 'acme|u:alice', 'acme|g:hr', 'acme|g:it']);
  });

  test('share nothing with those of a user of another tenant', () => {
    const mine = readerTokens(new SecureUser({ userName: 'alice', userGroups: ['hr'], tenantId: 'acme' }));
    const theirs = readerTokens(new SecureUser({ userName: 'alice', userGroups: ['hr'] }));
    expect(mine.filter((entry) => theirs.includes(entry))).toEqual([]);
  });
});

import fc from 'fast-check';

import {
  elementMark,
  fewest,
  inTenant,
  isOnlyTenant,
  limited,
  OPEN_MARK,
  type Mark,
} from '../../../src/core/marks/mark.js';

const name = fc.string({ unit: fc.constantFrom('a', '|', '\\', '|u:', '|g:'), minLength: 1, maxLength: 4 });

const token = (tenantId: string | undefined, kind: string, name: string): string =>
  inTenant(tenantId, `${kind}:${name}` as Mark);

describe('a mark as it is stored', () => {
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
    const part = fc.tuple(fc.option(name, { nil: undefined }), fc.constantFrom('u', 'g', 's', 'm'), name);
    fc.assert(
      fc.property(part, part, (one, other) => {
        expect(token(...one) === token(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the mark of an element', () => {
  test.each<[what: string, one: Mark, other: Mark]>([
    ['elements of one id in two models', elementMark('a', 'x'), elementMark('b', 'x')],
    ['a model whose name holds the sign between', elementMark('a/b', 'c'), elementMark('a', 'b/c')],
    ['a model whose name ends in the escape', elementMark('a\\', 'b'), elementMark('a', '\\b')],
  ])('differs for %s', (_what, one, other) => expect(one).not.toBe(other));

  test('is replaced by the mark of its model where there are too many', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '/', '\\', '\n'), minLength: 1 }), (model) => {
        const many = Array.from({ length: 2_000 }, (_, at) => elementMark(model, `x/${at}`));
        expect(limited(many)).toEqual([`m:${model}`]);
      }),
    );
  });
});

describe('the marks of a search', () => {
  const many = (count: number, mark: (i: number) => Mark): Mark[] =>
    Array.from({ length: count }, (_, i) => mark(i));

  test('are those that are likely to match the fewest instances', () => {
    expect(fewest([['m:a'], ['u:x', 'g:y'], undefined, ['t:']])).toEqual(['u:x', 'g:y']);
    expect(fewest([['u:x', 'g:y'], ['u:z']])).toEqual(['u:z']);
    expect(fewest([['u:x', 'o:'], ['e:a/b']])).toEqual(['e:a/b']);
    expect(fewest([undefined])).toBeUndefined();
    expect([isOnlyTenant(undefined), isOnlyTenant(['u:x', 't:']), isOnlyTenant(['m:a'])]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('are replaced by coarser ones where there are too many, never by narrower ones', () => {
    expect(limited(['u:x', 't:'])).toEqual(['t:']);
    const elements = many(2_000, (i) => elementMark(`m${i % 10}`, `e${i}`));
    expect(limited([...elements, 'u:x'])).toEqual([...many(10, (i) => `m:m${i}`), 'u:x']);
    expect(limited(many(1_500, (i) => `g:${i}`))).toHaveLength(1_500);
    expect(limited(many(1_501, (i) => `g:${i}`))).toEqual(['t:']);
    expect(limited(many(2_000, (i) => elementMark(`m${i}`, 'e')))).toEqual(['t:']);
  });

  test('are replaced by coarser ones where they are too long, with the tenant in front of each', () => {
    const long = (i: number): Mark => elementMark(`m${i % 10}`, `${'e'.repeat(100)}${i}`);
    expect(limited(many(500, long))).toHaveLength(500);
    expect(limited(many(500, long), 100)).toEqual(many(10, (i) => `m:m${i}`));
    expect(limited(many(1_000, long))).toEqual(many(10, (i) => `m:m${i}`));
    expect(limited(many(100, (i) => `u:${'x'.repeat(1_000)}${i}`))).toEqual(['t:']);
  });
});

test('of two lists that are equally good the first is taken', () => {
  const [one, other] = [
    ['u:a', 'u:b'],
    ['u:c', 'u:d'],
  ] as [readonly Mark[], readonly Mark[]];
  expect(fewest([one, other])).toBe(one);
  expect(fewest([other, one])).toBe(other);
  expect(fewest([one, ['g:x']])).toEqual(['g:x']);
  expect(fewest([['m:M'], one])).toBe(one);
  expect(OPEN_MARK).toBe('o:');
});

test('marks are as many characters as a search may have, those in front counted', () => {
  const marks = (count: number): Mark[] =>
    Array.from({ length: count }, (_, at): Mark => `u:${String(at).padStart(62, '0')}`);
  expect(limited(marks(1024))).toHaveLength(1024);
  expect(limited(marks(1025))).toEqual(['t:']);
  expect(limited(marks(1024), 1)).toEqual(['t:']);
});

test('only a mark of an element has a model in it', () => {
  const many = (prefix: string) =>
    Array.from({ length: 2_000 }, (_, at): Mark => `${prefix}:M/${at}` as Mark);
  expect(limited(many('u:e'))).toEqual(['t:']);
  expect(limited(many('e'))).toEqual(['m:M']);
});

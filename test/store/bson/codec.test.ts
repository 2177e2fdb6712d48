import fc from 'fast-check';
import { copy, decode, encode, join, normalise } from '../../../src/store/bson/codec.js';

const fields = fc.dictionary(
  fc.string({ unit: 'grapheme' }).map((name) => name.replaceAll('\u0000', '')),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 6 },
);
const prefixed = (prefix: string) =>
  fields.map((record) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value])),
  );

test('joining two encoded documents gives one with the fields of both', () => {
  fc.assert(
    fc.property(prefixed('a'), prefixed('b'), (first, second) => {
      const joined = join(encode(first), encode(second));
      expect(Buffer.compare(joined, encode({ ...first, ...second }))).toBe(0);
    }),
  );
});

test('a document survives a round trip, byte for byte', () => {
  fc.assert(
    fc.property(fields, (document) => {
      const read = normalise(document);
      expect(Buffer.compare(encode(read), encode(document))).toBe(0);
      expect(copy(read)).toEqual(read);
    }),
  );
});

test('undefined becomes null, functions are omitted, and large integers become numbers', () => {
  expect(normalise({ a: undefined, b: () => 1, c: 5n, d: new Date(7), e: [undefined] })).toEqual({
    a: null,
    c: 5,
    d: new Date(7),
    e: [null],
  });
});

test('a copy shares no mutable data', () => {
  const stored = decode<{ list: { when: Date }[] }>(encode({ list: [{ when: new Date(7) }] }));
  const copied = copy(stored);
  copied.list[0]?.when.setFullYear(1999);
  copied.list.push({ when: new Date() });
  expect(stored).toEqual({ list: [{ when: new Date(7) }] });
});

test('data that cannot be stored is refused as bad data', () => {
  const ring: Record<string, unknown> = {};
  ring.self = ring;
  for (const document of [ring, { 'a\u0000b': 1 }])
    expect(() => encode(document)).toThrow(expect.objectContaining({ code: 'bad-data' }));
});

describe('A document above the size limit', () => {
  test.each([
    ['one text, which the package would cut off', { text: 'x'.repeat(17_900_000) }],
    ['a text just above the limit', { text: 'x'.repeat(16 * 1024 * 1024) }],
    ['many texts', { list: Array<string>(20).fill('x'.repeat(1_000_000)) }],
    ['many numbers', { list: Array<number>(2_000_000).fill(1) }],
    ['bytes', { bytes: Buffer.alloc(18_000_000) }],
  ])('is refused as too large: %s', (_what, document) => {
    expect(() => encode(document)).toThrow(
      expect.objectContaining({ code: 'too-large', status: 413 }) as Error,
    );
  });

  test('is distinguished from data that cannot be stored at all', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(() => encode(circular)).toThrow(expect.objectContaining({ code: 'bad-data' }) as Error);
    expect(encode({ text: 'x'.repeat(16_000_000) })).toHaveLength(16_000_016);
  });
});

import { changedSet, readChanges } from '../../../src/core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../../src/core/policy-set/policy-set.js';

/** Texts that differ, of 1,000 characters each. */
const texts = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${at} `.padEnd(1000, 'x'));
const rule = { effect: 'Allow', users: 'all', privilege: 'View', on: 'system' };
const NO_DUTY = { duty: 'not-initiator' };

const PLACES: [
  what: string,
  kind: string,
  field: string,
  of: (condition: object | undefined, at: number) => object,
][] = [
  ['the case of a rule', 'grid-rule', 'data.store', (condition) => ({ ...rule, for: condition })],
  [
    'the user of a rule',
    'grid-rule',
    'user.stores',
    (condition) => ({ ...rule, ...(condition && { users: { where: condition } }) }),
  ],
  ['a duty', 'duty', 'data.store', (when, at) => ({ ...NO_DUTY, model: `M${at}`, ...(when && { when }) })],
];

/** Lists of 100 values: a comparison has at most 500. */
const among = (field: string, values: readonly unknown[]): object => ({
  $or: Array.from({ length: Math.ceil(values.length / 100) }, (_, at) => ({
    [field]: { $in: values.slice(100 * at, 100 * (at + 1)) },
  })),
});

describe.each(PLACES)('the condition on %s', (_what, kind, field, of) => {
  const inStores = (values: readonly unknown[]): object => among(field, values);
  const read = (id: string, condition: object | undefined, at = 0): PolicyChange[] =>
    readChanges([{ kind, id, value: of(condition, at) }]);
  const many = (count: number, condition: object): PolicyChange[] =>
    Array.from({ length: count }, (_, at) => read(`e${at}`, condition, at)).flat();

  test('has at most 200,000 characters', () => {
    expect(read('r', inStores(texts(199)))).toHaveLength(1);
    expect(() => read('r', inStores(texts(200)))).toThrow(
      expect.objectContaining({
        code: 'too-large',
        message: expect.stringContaining('at most 200000 are allowed') as string,
      }),
    );
  });

  test('counts 20 characters for each shorter value', () => {
    const numbers = Array.from({ length: 9800 }, (_, at) => at);
    expect(read('r', inStores(numbers))).toHaveLength(1);
    expect(() => read('r', inStores([...numbers, ...numbers.slice(0, 200)]))).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  test('has, with the others of the set, at most 4 million characters', () => {
    const [large, small] = [inStores(texts(190)), inStores(['north'])];
    const full = changedSet(PolicySet.EMPTY, many(21, large));
    const tooLarge = (id: string): Error =>
      expect.objectContaining({
        code: 'too-large',
        kind,
        id,
        message: expect.stringContaining('4000000 characters together') as string,
      }) as Error;
    expect(() => changedSet(PolicySet.EMPTY, many(22, large))).toThrow(tooLarge('e21'));
    expect(() => changedSet(full, read('more', large, 500))).toThrow(tooLarge('more'));
    expect(changedSet(full, read('more', small, 500)).size).toBe(22);
    expect(changedSet(full, read('e3', small, 3)).size).toBe(21);
    expect(changedSet(full, [{ kind, id: 'e3', value: null }]).size).toBe(20);
    // What says nothing about it is not asked.
    expect(changedSet(full, read('free', undefined, 600)).size).toBe(22);
  });
});

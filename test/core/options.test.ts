import {
  assertArgument,
  assertOptions,
  checkedLater,
  count,
  either,
  ENVIRONMENT,
  EXACT_VERSION,
  FLAG,
  FUNCTION,
  listOf,
  LOGGER,
  needed,
  nearest,
  OBJECT,
  objectOf,
  oneOf,
  OPTIONAL_OBJECT,
  TEXT,
  unknownName,
  withFunctions,
} from '../../src/core/options';

const KNOWN = {
  policies: listOf('texts', TEXT),
  dialect: oneOf('http', 'bpmn-client'),
  limit: count('bytes', 1, 100),
  keep: objectOf({ logs: FLAG, name: needed(TEXT) }),
  audit: FUNCTION,
  store: needed(TEXT),
  directory: withFunctions('a directory', ['find', 'list'], ['verify']),
};

const faultIn = (given: unknown): string | undefined => {
  try {
    assertOptions('make', given, KNOWN);
    return undefined;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

test.each([
  [{ store: 'x' }],
  [{ store: 'x', policies: ['a'], dialect: 'http', limit: 100, keep: { name: 'n' }, audit: () => 1 }],
  [{ store: 'x', policies: undefined, polcies: undefined }],
  [{ store: 'x', directory: { find: () => 1, list: () => 1, more: 1 } }],
  [{ store: 'x', directory: { find: () => 1, list: () => 1, verify: () => 1 } }],
  [Object.assign(Object.create(null), { store: 'x' })],
])('valid options are accepted: %j', (given) => expect(faultIn(given)).toBeUndefined());

test.each<[unknown, string]>([
  [{ store: 'x', polcies: [] }, 'Unknown option of make: polcies. Did you mean policies?'],
  [{ store: 'x', Dialect: 'http' }, 'Unknown option of make: Dialect. Did you mean dialect?'],
  [{ store: 'x', limti: 1 }, 'Unknown option of make: limti. Did you mean limit?'],
  [
    { store: 'x', other: 1 },
    'Unknown option of make: other. Known are policies, dialect, limit, keep, audit, store, directory.',
  ],
  [{ store: 'x', keep: { name: 'n', log: true } }, 'Unknown option of make: keep.log. Did you mean logs?'],
  [{ store: 'x', keep: {} }, 'make needs the option keep.name: a text that is not empty.'],
  [{ store: 'x', keep: [] }, 'Option keep of make must be an object of logs, name.'],
  [{ store: 'x', policies: 'a' }, 'Option policies of make must be a list of texts.'],
  [{ store: 'x', policies: [1] }, 'Option policies of make must be a list of texts.'],
  [{ store: 'x', dialect: 'htpp' }, 'Option dialect of make must be "http" or "bpmn-client".'],
  [{ store: 'x', limit: 101 }, 'Option limit of make must be a whole number of bytes, from 1 to 100.'],
  [{ store: 'x', limit: '5' }, 'Option limit of make must be a whole number of bytes, from 1 to 100.'],
  [{ store: 'x', audit: null }, 'Option audit of make must be a function.'],
  ...[
    {},
    { find: () => 1 },
    { find: 1, list: () => 1 },
    { find: () => 1, list: 'x' },
    { find: () => 1, list: () => 1, verify: true },
    null,
  ].map((directory): [unknown, string] => [
    { store: 'x', directory },
    'Option directory of make must be a directory.',
  ]),
  [{ store: ' ' }, 'Option store of make must be a text that is not empty.'],
  [{}, 'make needs the option store: a text that is not empty.'],
  [undefined, 'make takes an object of policies, dialect, limit, keep, audit, store, directory.'],
  [[], 'make takes an object of policies, dialect, limit, keep, audit, store, directory.'],
])('%j is refused, and the message suggests the right name', (given, message) =>
  expect(faultIn(given)).toBe(`BadInput: ${message}`),
);

test.each([
  new Map([['store', 'x']]),
  new Date(),
  Promise.resolve({ store: 'x' }),
  [{ store: 'x' }],
  'x',
  null,
])('a value without own fields is not an options object: %p', (given) => {
  expect(faultIn(given)).toContain('make takes an object of policies');
  expect(faultIn({ store: 'x', keep: given })).toContain('keep');
});

test('the nearest name has the fewest typing errors; a name unlike all others has none', () => {
  const known = ['userName', 'userGroups', 'tenantId'];
  expect(nearest('userGroup', known)).toBe('userGroups');
  expect(nearest('tenantid', known)).toBe('tenantId');
  expect(nearest('usreName', known)).toBe('userName');
  expect(nearest('colour', known)).toBeUndefined();
  expect(nearest('x'.repeat(1000), known)).toBeUndefined();
});

test('the message does not repeat the value, since it may be a secret', () => {
  expect(faultIn({ store: 'x', audit: 'hunter2' })).not.toContain('hunter2');
});

const work = (): void => undefined;

test.each([
  [TEXT, ['a'], ['', ' ', 7, null, undefined, ['a']]],
  [OBJECT, [{}, Object.create(null)], [null, undefined, 'a', 7]],
  [OPTIONAL_OBJECT, [undefined, {}], [null, 'a', 7]],
  [
    LOGGER,
    [{ info: work, warn: work, error: work }],
    [{ info: work, warn: work }, { info: 1, warn: 1, error: 1 }, null],
  ],
  [ENVIRONMENT, [{}, { HOME: '/', UNSET: undefined }], [{ PORT: 80 }, { HOME: null }, undefined]],
  [count('bytes', 2, 4), [2, 4], [1, 5, 2.5, NaN, Infinity, '3', undefined]],
  [count('bytes', 0), [0, Number.MAX_SAFE_INTEGER], [-1, Number.MAX_SAFE_INTEGER + 1]],
  [oneOf('a', true), ['a', true], ['b', false, undefined]],
  [either(TEXT, FLAG), ['a', false], ['', 7]],
  [listOf('texts', TEXT), [[], ['a']], [['a', ''], 'a', undefined]],
  [checkedLater('anything'), [null, undefined, {}], []],
])('%#: an option takes what it says, and nothing else', (kind, right, wrong) => {
  expect((right as unknown[]).filter((value) => !kind.holds(value))).toEqual([]);
  expect((wrong as unknown[]).filter((value) => kind.holds(value))).toEqual([]);
});

test('what an option takes is said in words', () => {
  expect(
    [count('bytes'), count('bytes', 0), count('bytes', 1, 9), oneOf('a', true), either(TEXT, FLAG)].map(
      ({ takes }) => takes,
    ),
  ).toEqual([
    'a whole number of bytes, at least 1',
    'a whole number of bytes, at least 0',
    'a whole number of bytes, from 1 to 9',
    '"a" or true',
    'a text that is not empty, or true or false',
  ]);
});

test('an argument that is not what a function takes is a TypeError that names both', () => {
  expect(() => assertArgument('make', 7, TEXT)).toThrow(
    new TypeError('make takes a text that is not empty.'),
  );
  expect(() => assertArgument('make', 'a', TEXT)).not.toThrow();
});

test('of many known names a hint lists the first hundred, and counts the others', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `name ${at}`);
  expect(unknownName('xxxxxxxxxxxx', names(100))).toBe(`Known are ${names(100).join(', ')}.`);
  expect(unknownName('xxxxxxxxxxxx', names(102))).toBe(`Known are ${names(100).join(', ')}, and 2 more.`);
  expect(unknownName('x', [])).toBe('There is none yet.');
});

test.each<[unknown, boolean]>([
  ['2.4.0', true],
  ['10.40.100', true],
  ['2.4.0-rc.1', true],
  ['2.4.0-x_y', true],
  ['2.4', false],
  ['2.4.0-', false],
  ['2.4.0-a b', false],
  ['^2.4.0', false],
  ['v2.4.0', false],
  ['2.4.0 || 3.0.0', false],
  ['2.x.0', false],
  ['x.4.0', false],
  ['2.4.x', false],
  [2, false],
  [['2.4.0'], false],
])('%j is an exact version: %s', (value, expected) => {
  expect(EXACT_VERSION.holds(value)).toBe(expected);
  expect(EXACT_VERSION.takes).toBe('an exact version, such as 2.4.0');
});

test.each([
  [OBJECT, 'an object'],
  [OPTIONAL_OBJECT, 'an object of options'],
  [LOGGER, 'an object with the functions info, warn and error'],
  [ENVIRONMENT, 'an object of texts, such as process.env'],
  [FLAG, 'true or false'],
  [TEXT, 'a text that is not empty'],
  [withFunctions('a store', ['find']), 'a store'],
  [count('rows'), 'a whole number of rows, at least 1'],
  [count('rows', 0, 5), 'a whole number of rows, from 0 to 5'],
  [either(FLAG, TEXT), 'true or false, or a text that is not empty'],
])('%j says what it takes: %s', ({ takes }, text) => {
  expect(takes).toBe(text);
});

test.each<[{ holds(value: unknown): boolean }, unknown[], unknown[]]>([
  [OPTIONAL_OBJECT, [undefined, {}], [null, [], 'x']],
  [withFunctions('a store', ['find']), [{ find: () => 1 }], [{}]],
  [
    withFunctions('a store', [], ['find', 'list']),
    [{}, { find: () => 1 }, { find: () => 1, list: () => 1 }],
    [{ find: 1 }, { find: () => 1, list: 1 }, { find: 1, list: () => 1 }],
  ],
  [objectOf({}), [{}, Object.create(null)], [[], null, new Map(), new Date()]],
  [LOGGER, [{ info: () => 1, warn: () => 1, error: () => 1 }], [{ info: () => 1, warn: () => 1 }, null]],
  [ENVIRONMENT, [{}, { A: 'x', B: undefined }], [{ A: 1 }, { A: 'x', B: 1 }, null]],
])('%j takes some values and not others', ({ holds }, good, bad) => {
  expect(good.map(holds)).toEqual(good.map(() => true));
  expect(bad.map(holds)).toEqual(bad.map(() => false));
});

test('a module that was imported as a whole is an object of options', () => {
  const module = Object.defineProperty({ logs: true }, Symbol.toStringTag, { value: 'Module' });
  expect(objectOf({}).holds(module)).toBe(true);
});

describe('a name that is nearly known', () => {
  test.each<[string, string[], string | undefined]>([
    ['ab', ['ba'], 'ba'],
    ['ab', ['xy'], undefined],
    ['ab', ['ax'], 'ax'],
    ['ab', ['abc'], 'abc'],
    ['ab', ['b'], 'b'],
    ['abcdef', ['bacdfe'], 'bacdfe'],
    ['abcdef', ['abxyz'], undefined],
    ['abcdef', ['abcdxx'], 'abcdxx'],
    ['abcdef', ['abcxxx'], undefined],
    ['abc', ['abxx'], undefined],
    ['abcdefghi', ['abc'], undefined],
    ['policies', ['polices', 'policies2', 'policy'], 'polices'],
    ['abcdef', ['abcdxx', 'abcdex', 'abcdxf'], 'abcdex'],
    ['abcdef', ['abcdex', 'abcdxx'], 'abcdex'],
    ['x'.repeat(60), ['x'.repeat(59)], 'x'.repeat(59)],
    ['x'.repeat(61), ['x'.repeat(60)], undefined],
    ['aab', ['aba'], 'aba'],
    ['acb', ['abd'], undefined],
    ['cab', ['abd'], undefined],
  ])('%s among %j is %j', (name, known, meant) => {
    expect(nearest(name, known)).toBe(meant);
  });

  test('is repeated in the message only as far as 60 characters', () => {
    expect(faultIn({ store: 'x', ['n'.repeat(70)]: 1 })).toContain(
      `Unknown option of make: ${'n'.repeat(60)}. Known`,
    );
  });
});

test('a message begins with a capital letter, or with the name of a function', () => {
  expect(() => assertOptions('a key', 5, { name: TEXT })).toThrow('A key takes an object of name.');
  expect(() => assertOptions('a key', {}, { name: needed(TEXT) })).toThrow('A key needs the option name: ');
  expect(() => assertOptions('createGuard', 5, { name: TEXT })).toThrow(
    'createGuard takes an object of name.',
  );
});

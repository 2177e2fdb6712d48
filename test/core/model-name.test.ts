import { asModelName, checkModelName, mendModelName } from '../../src/core/model-name.js';

/** Names that look like `Café` or `Order Pizza`, and what becomes of them. */
const SAME: [string, string][] = [
  ['Cafe\u0301', 'Caf\u00e9'],
  ['  Order Pizza ', 'Order Pizza'],
  ['Order  Pizza', 'Order Pizza'],
  ['Order\u00a0Pizza', 'Order Pizza'],
  ['Order\u2003Pizza', 'Order Pizza'],
  ['Order\tPizza', 'Order Pizza'],
  ['\u3000Order Pizza', 'Order Pizza'],
];
/** What cannot be seen, or changes the direction of what follows. */
const UNSEEN = [
  ...['\u0000', '\u0007', '\n', '\r', '\u001b', '\u007f', '\u0085', '\u009f', '\u2028', '\u2029'],
  ...[
    '\u200b',
    '\u200c',
    '\u200d',
    '\u2060',
    '\ufeff',
    '\u00ad',
    '\u034f',
    '\u180e',
    '\u3164',
    '\u115f',
    '\ufe0f',
  ],
  ...[
    '\u200e',
    '\u200f',
    '\u061c',
    '\u202a',
    '\u202b',
    '\u202c',
    '\u202d',
    '\u202e',
    '\u2066',
    '\u2067',
    '\u2069',
  ],
  ...['\ue000', '\ud800', '\udc00', '\u{e0041}', '\u{f0000}', '\ufff9'],
];

test.each(SAME)('%j is the model %j', (given, name) => {
  expect(asModelName(given)).toBe(name);
  expect(asModelName(name)).toBe(name);
});

test.each(UNSEEN.map((character) => [JSON.stringify(character), character]))(
  'a name with %s at any position is refused',
  (_shown, character) => {
    for (const name of [`Order${character}Pizza`, `a${character}`.padEnd(3, 'b'), `x${character}x`])
      expect(() => checkModelName(name)).toThrow(expect.objectContaining({ code: 'bad-model' }));
  },
);

test.each(['', '   ', '\u00a0', '.', '..', 'a/b', 'a\\b', 'x'.repeat(201), 7, null, undefined, {}, ['a']])(
  '%j is not a valid name',
  (value) => {
    expect(asModelName(value)).toBeUndefined();
    expect(() => checkModelName(value)).toThrow(
      expect.objectContaining({
        code: 'bad-model',
        message: expect.stringContaining('A model name must be a text of 1 to 200 characters') as unknown,
      }),
    );
  },
);

test('a name may contain letters of every script, digits, signs and emoji', () => {
  for (const name of [
    'Été 2030',
    '休暇申請',
    'Заявка',
    'طلب إجازة',
    'a:b*?"<>|',
    "O'Brien & Söhne",
    '🍕 Pizza',
  ])
    expect(asModelName(name)).toBe(name.normalize('NFC'));
});

test('an invalid stored name is repaired: invisible characters and path separators are removed', () => {
  expect(mendModelName('Order\u200b Pizza\u202e')).toBe('Order Pizza');
  expect(mendModelName('../etc/passwd')).toBe('..-etc-passwd');
  expect(mendModelName('\u200b')).toBe('model');
  expect(mendModelName('x'.repeat(400))).toBe('x'.repeat(190));
});

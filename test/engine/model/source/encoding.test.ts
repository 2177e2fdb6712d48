import { declareUtf8, decodeXml } from '../../../../src/engine/model/source/encoding.js';
import { refusal } from '../../../support/guards.js';

const document = (encoding: string): string =>
  `<?xml version="1.0" encoding="${encoding}"?><a name="Prüfung – 10 €"/>`;
const UTF8 = document('UTF-8');
const bare = '<a name="Prüfung"/>';
const swapped = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('A file with a model is read', () => {
  test.each([
    ['as UTF-8 without a declaration', Buffer.from(bare), bare],
    ['as UTF-8 with its mark', Buffer.from(`\uFEFF${UTF8}`), UTF8],
    [
      'in ISO-8859-1',
      Buffer.from(document('ISO-8859-1').replace(/[–€]/g, ''), 'latin1'),
      UTF8.replace(/[–€]/g, ''),
    ],
    [
      'in windows-1252',
      Buffer.from(document('windows-1252').replace('–', '\x96').replace('€', '\x80'), 'latin1'),
      UTF8,
    ],
    ['in UTF-16 with its mark', Buffer.from(`\uFEFF${document('UTF-16')}`, 'utf16le'), UTF8],
    ['in UTF-16 in the other order', swapped(`\uFEFF${document('utf-16')}`), UTF8],
    ['in UTF-16 without a mark', Buffer.from(document('UTF-16'), 'utf16le'), UTF8],
  ])('%s, and says UTF-8 from then on', (_what, bytes, expected) => {
    expect(decodeXml(bytes)).toBe(expected);
  });

  test.each([
    [
      'bytes that are not in the declared encoding',
      Buffer.from(UTF8, 'latin1'),
      /^It is not valid UTF-8, which it says/,
    ],
    [
      'bytes that are not in UTF-8',
      Buffer.from(bare, 'latin1'),
      /^It is not valid UTF-8, which a file without/,
    ],
    [
      'an encoding that nobody knows',
      Buffer.from(document('x-mine')),
      /^Its encoding "x-mine" is not supported/,
    ],
    [
      'UTF-16 that is none',
      Buffer.from(document('UTF-16')),
      /^It declares the encoding UTF-16 but is not encoded in it/,
    ],
    [
      'half a character',
      Buffer.from(`\uFEFF${bare}`, 'utf16le').subarray(0, -1),
      /^It is not valid UTF-16LE/,
    ],
  ])('or refused with the cause: %s', async (_what, bytes, message) => {
    const read = async (): Promise<string> => decodeXml(bytes);
    expect(await refusal(read())).toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(message) as string,
    });
  });
});

test('Only the declaration of a text is changed, and only if it says something else than UTF-8', () => {
  expect(declareUtf8(UTF8)).toBe(UTF8);
  expect(declareUtf8(document('UTF-16'))).toBe(UTF8);
  expect(declareUtf8('<a encoding="x"/>')).toBe('<a encoding="x"/>');
});

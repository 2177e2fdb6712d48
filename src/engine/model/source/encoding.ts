import { TextDecoder } from 'node:util';
import { BadInput } from '../../../core/errors.js';

/** The beginnings of a file that give its encoding: marks, and `<` in two bytes. */
const BEGINNINGS: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0x3c, 0x00], 'utf-16le'],
  [[0x00, 0x3c], 'utf-16be'],
];
const DECLARED = /^(\s*<\?xml\s[^>]*?\bencoding\s*=\s*["'])([^"'>]+)/;
/** The characters of windows-1252 at 80 to 9F. Some versions of Node decode these bytes as ISO-8859-1. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
/** Where the declaration of a file stands, in bytes. */
const DECLARATION = 300;

const refuse = (what: string, cause?: unknown): never => {
  throw new BadInput('bad-model', what, { cause });
};

/** The decoder of an encoding. Node knows those of the web, under all their names. */
function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (error) {
    return refuse(`Its encoding ${JSON.stringify(encoding)} is not supported. Save it as UTF-8.`, error);
  }
}

/** The document with a declaration of UTF-8, in which texts are written to files. */
export const declareUtf8 = (text: string): string =>
  text.replace(DECLARED, (whole, before: string, encoding: string) =>
    /^utf-?8$/i.test(encoding) ? whole : `${before}UTF-8`,
  );

/**
 * Decodes an XML file by its byte order mark, otherwise by its declaration, otherwise as UTF-8.
 * @returns the text, whose declaration says UTF-8
 * @throws BadInput `bad-model` for an encoding that is not supported, and for bytes that are not in the declared one
 */
export function decodeXml(bytes: Uint8Array): string {
  const begun = BEGINNINGS.find(([beginning]) => beginning.every((byte, index) => bytes[index] === byte));
  const declared = DECLARED.exec(new TextDecoder('latin1').decode(bytes.subarray(0, DECLARATION)))?.[2];
  const encoding = begun?.[1] ?? declared ?? 'utf-8';
  if (begun === undefined && /^utf-?16|^ucs-?2|^unicode$/i.test(encoding))
    refuse(`It declares the encoding ${encoding} but is not encoded in it. Save it as UTF-8.`);
  const decoder = decoderOf(encoding);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (error) {
    const why = (begun ?? declared) ? 'it says it is' : 'a file without another declaration must be';
    return refuse(`It is not valid ${encoding.toUpperCase()}, which ${why}. Save it as UTF-8.`, error);
  }
  if (decoder.encoding === 'windows-1252')
    text = text.replace(/[\u0080-\u009f]/g, (char) => WINDOWS.charAt(char.charCodeAt(0) - 0x80));
  return declareUtf8(text);
}

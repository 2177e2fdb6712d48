import { readFileSync, statSync } from 'node:fs';
import { BadInput } from '../../../core/errors.js';
import { messageOf } from '../../../core/thrown.js';
import { decodeXml } from './encoding.js';
import { pictureOf } from './model-files.js';

/** Maximum size of one file, in bytes. */
const LARGEST = 10_000_000;

const refuse = (what: string, cause?: unknown): never => {
  throw new BadInput('bad-model', what, { cause });
};

function bytesOf(path: string, what = 'It'): Uint8Array {
  try {
    const found = statSync(path);
    // Reading a pipe or a device may never end.
    if (!found.isFile()) return refuse(`${what} is not a file.`);
    if (found.size > LARGEST) return refuse(`${what} is larger than ${LARGEST} bytes.`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof BadInput) throw error;
    return refuse(`${what} cannot be read: ${messageOf(error)}.`, error);
  }
}

/** The source of a model in a file. @throws BadInput `bad-model` for a file that cannot be read */
export const sourceIn = (path: string): string => decodeXml(bytesOf(path));

/**
 * A model in a file, with its picture if one lies beside it.
 * @throws BadInput `bad-model` if one of them cannot be read
 */
export function modelIn(path: string): { source: string; svg: string | null } {
  const picture = pictureOf(path);
  const hasPicture = statSync(picture, { throwIfNoEntry: false }) !== undefined;
  return { source: sourceIn(path), svg: hasPicture ? decodeXml(bytesOf(picture, 'Its picture')) : null };
}

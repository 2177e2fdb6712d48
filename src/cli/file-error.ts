import { propertyOf } from '../core/thrown.js';

/** What the file system says, in plain words. */
const CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'this account may not use it',
  EEXIST: 'it exists already',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'the system does not permit it',
  EROFS: 'the disk cannot be written',
};

/** Names the file and the cause; undefined if the error is not one of a file. */
export function fileProblem(error: unknown): string | undefined {
  const [code, path] = [propertyOf(error, 'code'), propertyOf(error, 'path')];
  if (typeof code !== 'string' || typeof path !== 'string' || !Object.hasOwn(CAUSES, code)) return undefined;
  return `${path}: ${CAUSES[code]} (${code})`;
}

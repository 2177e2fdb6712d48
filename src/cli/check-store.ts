import { checkFolder } from '../store/embedded/check-folder.js';
import { count, UsageError } from './io.js';
import type { Run } from './maintenance.js';
import { readArguments } from './options.js';
import { UNINDEXED } from '../store/embedded/format.js';
import { holdsStore } from '../store/embedded/private-folder.js';

/** Examines all of an embedded store. */
export const checkStore: Run = async (args, io) => {
  const { given } = readArguments(args, ['folder'], {});
  const folder = given[0] as string;
  if (!holdsStore(folder)) throw new UsageError(`There is no store in ${folder}`);
  const found = await checkFolder(folder);
  const all = count(found.count, 'value');
  if (found.version > UNINDEXED) io.out(`${all} and the index are as they were written.`);
  else io.out(`${all} are as they were written, in format ${found.version}, which has no index.`);
  return 0;
};

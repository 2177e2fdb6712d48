import { restore } from '../store/restore.js';
import type { Run } from './maintenance.js';
import { readArguments } from './options.js';
import { record } from './record.js';
import { storeOptions } from './store.js';
import { openStore } from '../store/open.js';

/** Restores a backup into an empty store. */
export const restoreBackup: Run = async (args, io) => {
  const { values, given } = readArguments(args, ['backup'], {});
  const target = storeOptions(values, io.env);
  const { documents, files } = await restore(given[0] as string, target);
  const store = await openStore(target);
  try {
    await record(store, 'restore', 'backup');
  } finally {
    await store.close();
  }
  io.out(
    `${documents} document${documents === 1 ? '' : 's'} of ${files} file${files === 1 ? '' : 's'} restored.`,
  );
  return 0;
};

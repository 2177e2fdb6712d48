import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { CouldNotTell } from '../../../core/errors.js';
import { openingFailed } from '../failure.js';
import { withCause } from './cause.js';
import { EngineThread } from './engine-thread.js';

const identity = async (file: string): Promise<string | undefined> => {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found && `${found.dev} ${found.ino}`;
};

async function locked(file: string): Promise<EngineThread> {
  const thread = new EngineThread(file);
  try {
    await (await open(file, 'a', 0o600)).close();
    const before = await identity(file);
    await thread.ask('open', false);
    // Its last holder may have removed it in between, and then the lock would keep nobody out.
    if ((await identity(file)) === before) return thread;
    throw new CouldNotTell('store-in-use', 'The folder of the store is open in another process.');
  } catch (cause) {
    await thread.end();
    throw openingFailed(await withCause(path.dirname(file), cause));
  }
}

/**
 * Runs a task while a file is locked; the file exists only meanwhile. When the process dies, the system releases the
 * lock.
 * @throws CouldNotTell `store-in-use` while another process has it
 */
export async function whileLocked<T>(file: string, task: () => Promise<T>): Promise<T> {
  const thread = await locked(file);
  try {
    return await task();
  } finally {
    // Removed before the lock is released. Not every system can.
    for (const one of [`${file}-wal`, file]) await rm(one, { force: true }).catch(() => undefined);
    await thread.end();
  }
}

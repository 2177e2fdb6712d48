import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** SQLite in the fork libSQL, whose binaries come inside its packages: a tree of pages and a log written ahead. */
export const name = 'libsql';

export async function open(folder) {
  const { default: Database } = await import('libsql/promise');
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, 'store.db'));
  try {
    for (const setting of [
      'locking_mode = EXCLUSIVE',
      'journal_mode = WAL',
      'synchronous = FULL',
      'cell_size_check = ON',
      'mmap_size = 0',
    ])
      await db.pragma(setting);
    await db.exec('CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID');
    // Takes the lock, and keeps it until the database is closed.
    await db.exec('BEGIN IMMEDIATE; COMMIT');
    return await using(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

async function using(db) {
  const [put, get, from] = await Promise.all([
    db.prepare('INSERT OR REPLACE INTO entry VALUES (?, ?)'),
    db.prepare('SELECT value FROM entry WHERE key = ?'),
    db.prepare('SELECT key, value FROM entry WHERE key >= ? ORDER BY key'),
  ]);
  return {
    get: async (key) => (await get.get([Buffer.from(key)]))?.value,
    async put(entries) {
      await db.exec('BEGIN IMMEDIATE');
      try {
        for (const [key, value] of entries) put.run([Buffer.from(key), value]);
        // The flush of the disk is here, on another thread.
        await db.exec('COMMIT');
      } catch (error) {
        await db.exec('ROLLBACK').catch(() => undefined);
        throw error;
      }
    },
    async *iterate(start = '') {
      for (const { key, value } of await from.iterate([Buffer.from(start)]))
        yield [String(Buffer.from(key)), Buffer.from(value)];
    },
    close: async () => db.close(),
  };
}

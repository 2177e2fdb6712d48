import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** SQLite as WebAssembly: no binary at all; files are read and written on the thread of the caller. */
export const name = 'node-sqlite3-wasm';

export async function open(folder) {
  const { default: sqlite } = await import('node-sqlite3-wasm');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'store.db');
  // Its lock is a folder, which stays when the process is killed: its user must keep other processes out.
  rmSync(`${file}.lock`, { recursive: true, force: true });
  const db = new sqlite.Database(file);
  try {
    for (const setting of [
      'locking_mode = EXCLUSIVE',
      'journal_mode = WAL',
      'synchronous = FULL',
      'cell_size_check = ON',
    ])
      db.exec(`PRAGMA ${setting}`);
    db.exec('CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID');
    db.exec('BEGIN IMMEDIATE; COMMIT');
    return using(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function using(db) {
  const put = db.prepare('INSERT OR REPLACE INTO entry VALUES (?, ?)');
  const get = db.prepare('SELECT value FROM entry WHERE key = ?');
  const from = db.prepare('SELECT key, value FROM entry WHERE key >= ? ORDER BY key');
  return {
    get: async (key) => get.get([Buffer.from(key)])?.value,
    async put(entries) {
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const [key, value] of entries) put.run([Buffer.from(key), value]);
        db.exec('COMMIT');
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    async *iterate(start = '') {
      for (const { key, value } of from.iterate([Buffer.from(start)]))
        yield [Buffer.from(key).toString(), value];
    },
    async close() {
      for (const statement of [put, get, from]) statement.finalize();
      db.close();
    },
  };
}

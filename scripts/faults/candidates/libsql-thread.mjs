/** The thread of libsql.mjs: answers one command after the other. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'libsql';

const SETTINGS = [
  'locking_mode = EXCLUSIVE',
  'journal_mode = WAL',
  'synchronous = FULL',
  'cell_size_check = ON',
  'mmap_size = 0',
];
const bytes = (text) => Buffer.from(text);
let db;
let statements;

const COMMANDS = {
  open() {
    mkdirSync(workerData, { recursive: true });
    db = new Database(join(workerData, 'store.db'));
    for (const setting of SETTINGS) db.pragma(setting);
    db.exec('CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID');
    // Takes the lock, which is kept until the end.
    db.exec('BEGIN IMMEDIATE; COMMIT');
    statements = {
      put: db.prepare('INSERT OR REPLACE INTO entry VALUES (?, ?)'),
      get: db.prepare('SELECT value FROM entry WHERE key = ?'),
      page: db.prepare('SELECT key, value FROM entry WHERE key >= ? ORDER BY key LIMIT ?'),
    };
  },
  get: (key) => statements.get.get([bytes(key)])?.value,
  put(entries) {
    db.exec('BEGIN IMMEDIATE');
    try {
      for (const [key, value] of entries) statements.put.run([bytes(key), Buffer.from(value)]);
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  },
  page: (from, limit) =>
    statements.page.all([bytes(from), limit]).map(({ key, value }) => [bytes(key).toString(), value]),
  close: () => db.close(),
};

parentPort.on('message', ({ id, command, values }) => {
  try {
    parentPort.postMessage({ id, value: COMMANDS[command](...values) });
  } catch (error) {
    const { message, code, rawCode } = error;
    parentPort.postMessage({ id, error: { message, code, rawCode } });
  }
});

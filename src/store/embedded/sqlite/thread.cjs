'use strict';

/**
 * The thread of the embedded store, the only place that calls SQLite: one command after the other. A thread of its own
 * because a statement of libsql keeps the files and their lock until its thread ends, and because a flush of the disk
 * must not stop the event loop. A plain script, since a thread starts from a file in every build.
 */
const { MessageChannel, parentPort, workerData } = require('node:worker_threads');
const { pathToFileURL } = require('node:url');
const { crc32 } = require('node:zlib');
const { fewest, firstPart, largestFirst } = require('../merged.cjs');

/** Tells this thread from others that load the file. */
const PROGRAM = 'bpmn-guard: database';
const SETTINGS = [
  'locking_mode = EXCLUSIVE',
  'synchronous = FULL',
  'fullfsync = ON',
  'cell_size_check = ON',
  'mmap_size = 0',
  'cache_size = -16000',
  'journal_size_limit = 8000000',
];
/** Of a database that is only read, and may be empty. */
const READING = ['cell_size_check = ON', 'mmap_size = 0', 'cache_size = -16000', 'temp_store = MEMORY'];
const TABLE = 'CREATE TABLE entry (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID';
const PAGE = { rows: 500, bytes: 2_000_000 };
/** Bytes of a checksum, which ends each value. */
const SUM = 4;

/** Values of so many bytes cross the thread as numbers, which cost less than buffers. */
const SHORT = 4;

function valueFrom(sent) {
  if (typeof sent !== 'number') return sent && blob(sent);
  const value = Buffer.allocUnsafe(SHORT);
  value.writeUInt32BE(sent);
  return value;
}

/** The only form of an argument that reaches a statement: others can end the process. */
const blob = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The key behind all keys with that beginning, which ends with a zero. */
function behind(beginning) {
  const end = Buffer.from(beginning);
  end[end.length - 1] = 1;
  return end;
}

/** Several rows come with an ArrayBuffer for each value, a single row with a Buffer. */
const whole = (value) => (value instanceof ArrayBuffer ? Buffer.from(value) : value);

/** The checksum of a value: undefined if there is none, null if the value is not what was written. */
function sumOf(key, value) {
  if (value === undefined) return undefined;
  const end = value.length - SUM;
  if (end < 0) return null;
  const sum = crc32(value.subarray(0, end), crc32(key));
  return sum === value.readUInt32BE(end) ? sum : null;
}

function corrupt(message) {
  return Object.assign(new Error(message), { code: 'SQLITE_CORRUPT' });
}

function connect(file) {
  const Database = require('libsql');
  try {
    return new Database(file);
  } catch {
    // Its error contains the path, and its number in the text only.
    throw Object.assign(new Error('it cannot be opened'), { code: 'SQLITE_CANTOPEN' });
  }
}

/** The entries with one beginning, from the last one on. */
class List {
  rows = [];
  at = 0;

  /** @param pages the statement that reads them. @param size how many are read at first */
  constructor(pages, beginning, below, place, size) {
    this.pages = pages;
    this.beginning = beginning;
    this.end = below === undefined ? behind(beginning) : Buffer.concat([beginning, below]);
    this.place = place;
    this.size = size;
    this.read();
  }

  read() {
    this.rows = this.pages.all([this.beginning, this.end, this.size]).map(({ key, value }) => {
      const whole = Buffer.from(key);
      return { key: whole, rest: whole.latin1Slice(this.beginning.length), value: Buffer.from(value) };
    });
    this.isLast = this.rows.length < this.size;
    this.end = this.rows.at(-1)?.key ?? this.end;
    this.size *= 2;
    this.at = 0;
  }

  /** Compared byte by byte. */
  head() {
    return this.rows[this.at]?.rest;
  }

  take() {
    const { key, value } = this.rows[this.at++];
    if (this.at === this.rows.length && !this.isLast) this.read();
    const sent = value.length === SHORT ? value.readUInt32BE() : value;
    return [this.place, key.utf8Slice(this.beginning.length), sent];
  }
}

/** A database without a log that nobody changes. Nothing is written beside it either. */
const unchanging = (file) => `${pathToFileURL(file).href}?immutable=1&mode=ro`;

/** Whether another process has locked the database. Nothing is written to find out. */
function isLocked(file) {
  const db = connect(`${pathToFileURL(file).href}?mode=ro&readonly_shm=1`);
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').all([]);
    return false;
  } catch (error) {
    return /^SQLITE_BUSY/.test(String(error.code));
  } finally {
    db.close();
  }
}

class Store {
  scans = new Map();
  isStuck = false;

  /** @param isChecked whether the structure of the whole file is checked */
  constructor(file, isChecked, isReadOnly) {
    this.db = connect(isReadOnly ? unchanging(file) : file);
    for (const setting of isReadOnly ? READING : SETTINGS) this.db.pragma(setting);
    if (!isReadOnly) this.lock();
    const tables = this.db.prepare('SELECT sql FROM sqlite_schema').all([]);
    if (tables.length === 0) this.db.exec(isReadOnly ? TABLE.replace('TABLE', 'TEMP TABLE') : TABLE);
    else if (tables.length > 1 || tables[0].sql !== TABLE) throw corrupt('its table is not what was written');
    if (isChecked) this.check();
    const prepare = (sql) => this.db.prepare(sql);
    this.get = prepare('SELECT value FROM entry WHERE key = ?');
    this.put = prepare('INSERT OR REPLACE INTO entry VALUES (?, ?)');
    this.delete = prepare('DELETE FROM entry WHERE key = ?');
    const page = (what, order) =>
      prepare(`SELECT ${what} FROM entry WHERE key >= ? AND key < ? ORDER BY key ${order} LIMIT ?`);
    const both = (order) => ({
      sizes: page('length(value) AS size', order),
      rows: page('key, value', order),
    });
    this.pages = { up: both('ASC'), down: both('DESC') };
    this.counted = prepare(
      'SELECT count(*) AS size FROM (SELECT 1 FROM entry WHERE key >= ? AND key < ? LIMIT ?)',
    );
    this.place = prepare('SELECT key FROM entry WHERE key >= ? AND key < ? ORDER BY key LIMIT 1 OFFSET ?');
  }

  /** Takes the lock, which is kept until the end. */
  lock() {
    // Answered with another mode where the file system cannot do it.
    const [mode] = this.db.pragma('journal_mode = WAL');
    if (mode?.journal_mode !== 'wal')
      throw Object.assign(new Error('it cannot have a log'), { code: 'SQLITE_CANTOPEN' });
    this.db.exec('BEGIN EXCLUSIVE; COMMIT');
  }

  check() {
    const [found] = this.db.prepare('PRAGMA quick_check(1)').all([]);
    if (found?.quick_check !== 'ok') throw corrupt(String(found?.quick_check));
  }

  valueOf(key) {
    return this.get.get([key])?.value;
  }

  read(keys, most) {
    const found = [];
    for (let [at, size] = [0, 0]; at < keys.length && (at === 0 || size < most); at++) {
      const value = this.valueOf(Buffer.from(keys[at]));
      size += value?.length ?? 0;
      found.push(value);
    }
    return found;
  }

  /** The checksums of values: undefined for one that is not there, null for one that is not what was written. */
  sums(keys) {
    return keys.map((text) => {
      const key = Buffer.from(text);
      return sumOf(key, this.valueOf(key));
    });
  }

  sizeOf(way, most) {
    let size = 0;
    for (const beginning of way) {
      size += this.counted.get([beginning, behind(beginning), most + 1 - size]).size;
      if (size > most) break;
    }
    return size;
  }

  /** The number of entries, at most so many, and the key of the one behind them. */
  count(from, below, most) {
    const [first, end] = [Buffer.from(from), Buffer.from(below)];
    const next = this.place.get([first, end, most])?.key;
    if (next !== undefined) return { count: most, next: whole(next).toString() };
    return { count: this.counted.get([first, end, most]).size };
  }

  merge(ways, below, most) {
    const all = ways.map((way) => way.map((beginning) => Buffer.from(beginning)));
    const way = fewest(all, (one, enough) => this.sizeOf(one, enough));
    const chosen = all[way] ?? [];
    const size = firstPart(chosen.length, most);
    const end = below === undefined ? undefined : Buffer.from(below);
    const lists = chosen.map((beginning, at) => new List(this.pages.down.rows, beginning, end, at, size));
    return { way, entries: largestFirst(lists, most) };
  }

  write(changes) {
    const all = changes.map(([key, value]) => [Buffer.from(key), valueFrom(value)]);
    for (const [key] of all) this.keep(key);
    try {
      this.commit(all);
    } catch (error) {
      if (this.isStuck || !/^SQLITE_(FULL|IOERR)/.test(String(error.code))) throw error;
      // Tried once, until a write succeeds: it copies the whole log.
      this.isStuck = true;
      // What the log holds may fit into the file of the store, and then the log has space again.
      this.shrink();
      this.commit(all);
    }
  }

  commit(changes) {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      for (const [key, value] of changes) {
        if (value === undefined) this.delete.run([key]);
        else this.put.run([key, value]);
      }
      this.db.exec('COMMIT');
      this.isStuck = false;
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  shrink() {
    try {
      this.db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // The write that comes next tells whether that matters.
    }
  }

  /** Keeps the value of a key for the scans that began before it changes and have yet to come to it. */
  keep(key) {
    const name = key.toString('latin1');
    for (const { from, below, kept } of this.scans.values()) {
      if (kept.has(name) || key.compare(from) < 0 || key.compare(below) >= 0) continue;
      kept.set(name, { key, value: this.valueOf(key) });
    }
  }

  scan(id, from, below, isReverse) {
    this.scans.set(id, { from: Buffer.from(from), below: Buffer.from(below), isReverse, kept: new Map() });
  }

  /** The next rows of a scan, as they were when it began. */
  next(id) {
    const scan = this.scans.get(id);
    const { from, below, isReverse } = scan;
    const { sizes, rows } = isReverse ? this.pages.down : this.pages.up;
    let bytes = 0;
    let count = 0;
    const ahead = sizes.all([from, below, PAGE.rows]);
    while (count < ahead.length && (count === 0 || bytes + ahead[count].size <= PAGE.bytes))
      bytes += ahead[count++].size;
    const isLast = count === ahead.length && count < PAGE.rows;
    const found =
      count === 0
        ? []
        : rows.all([from, below, count]).map(({ key, value }) => ({ key: whole(key), value: whole(value) }));
    const page = [from, below];
    // A key is a text, so the one behind it is the key and a zero.
    const end = found.at(-1)?.key;
    if (!isLast && isReverse) page[0] = scan.below = end;
    else if (!isLast) page[1] = scan.from = Buffer.concat([end, Buffer.alloc(1)]);
    if (isLast) this.scans.delete(id);
    return { rows: asBegun(scan, found, page), isLast };
  }

  /** The same rows, with the size and the checksum of each value in its place. */
  nextSums(id) {
    const { rows, isLast } = this.next(id);
    const summed = rows.map(([key, value]) => [key, [value.length, sumOf(Buffer.from(key), value)]]);
    release(rows.map(([, value]) => value));
    return { rows: summed, isLast };
  }

  drop(id) {
    this.scans.delete(id);
  }

  close() {
    this.scans.clear();
    this.db.close();
  }
}

function opened(file, isChecked, isReadOnly) {
  try {
    return new Store(file, isChecked, isReadOnly);
  } catch (error) {
    // The statements are right, so what they refer to is not.
    if (error.code === 'SQLITE_ERROR') throw corrupt(error.message);
    throw error;
  }
}

/** Rows of a part of a scan, with what was written since it began replaced by what was there. */
function asBegun({ isReverse, kept }, found, [from, below]) {
  if (kept.size === 0) return found.map(({ key, value }) => [key.toString(), value]);
  const rows = found.filter(({ key }) => !kept.has(key.toString('latin1')));
  for (const [name, row] of kept) {
    if (row.key.compare(from) < 0 || row.key.compare(below) >= 0) continue;
    if (row.value !== undefined) rows.push(row);
    kept.delete(name);
  }
  rows.sort((a, b) => (isReverse ? b.key.compare(a.key) : a.key.compare(b.key)));
  return rows.map(({ key, value }) => [key.toString(), value]);
}

/** Values of at least so many bytes are handed over to the other thread; copying smaller ones costs less. */
const LARGE = 16_384;

/** The memory of large values, which nobody else uses. */
const memoryOf = (values) =>
  values
    .filter(
      (value) => Buffer.isBuffer(value) && value.length >= LARGE && value.length === value.buffer.byteLength,
    )
    .map(({ buffer }) => buffer);

/** The memory of the large values of an answer. Nothing of it is kept here. */
function handedOver(answer) {
  const values = answer?.rows?.map(([, value]) => value) ?? answer;
  return Array.isArray(values) ? memoryOf(values) : [];
}

const nowhere = new MessageChannel();
nowhere.port2.close();
nowhere.port1.unref();
/** Frees memory at once. The thread's own heap hardly grows, so its garbage collector would leave it for long. */
const release = (values) => nowhere.port1.postMessage(undefined, memoryOf(values));

function run({ file }) {
  let store;
  const commands = {
    isLocked: () => isLocked(file),
    open: (...how) => void (store = opened(file, ...how)),
    read: (...values) => store.read(...values),
    sums: (...values) => store.sums(...values),
    merge: (...values) => store.merge(...values),
    count: (...values) => store.count(...values),
    write: (...values) => store.write(...values),
    scan: (next, id, ...values) => {
      store.scan(id, ...values);
      return store[next](id);
    },
    next: (next, id) => store[next](id),
    drop: (...values) => store.drop(...values),
    close: () => store.close(),
  };
  parentPort.on('message', ({ id, command, values }) => {
    try {
      const value = commands[command](...values);
      parentPort.postMessage({ id, value }, handedOver(value));
    } catch (error) {
      const { message, code, rawCode } = error;
      parentPort.postMessage({ id, error: { message, code, rawCode } });
    }
  });
}

exports.THREAD = __filename;
exports.PROGRAM = PROGRAM;

if (workerData?.program === PROGRAM) run(workerData);

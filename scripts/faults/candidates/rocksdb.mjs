import { portOf } from './abstract-level.mjs';

/** RocksDB: a log and sorted tables like LevelDB's, whose checksums are compared at each read. */
export const name = 'rocksdb';
export const module = '@nxtedition/rocksdb';

export async function open(folder) {
  const { RocksLevel } = await import('@nxtedition/rocksdb');
  const level = new RocksLevel(folder, { keyEncoding: 'utf8', valueEncoding: 'buffer' });
  await level.open({ createIfMissing: true });
  return portOf(level);
}

import { decode } from '../bson/codec.js';
import type { Bytes } from './bytes.js';
import { present } from './checksum.js';
import { fieldsOf, largeKey, logKey, type Stored } from './instance-bytes.js';
import { readLog } from './instance-log.js';

/**
 * Reads large fields of an instance, as far as it has them. Nothing may be written to it meanwhile.
 * @param decoded how stored values are decoded
 * @throws CouldNotTell `store-damaged` when one is missing
 */
export async function readLarge(
  bytes: Pick<Bytes, 'read'>,
  { document: { id }, beside }: Pick<Stored, 'document' | 'beside'>,
  names: readonly string[],
  decoded: typeof decode = decode,
): Promise<Readonly<Record<string, unknown>>> {
  const stored = fieldsOf(beside);
  const plain = names.filter((name) => name !== 'logs' && stored.includes(name));
  const keys = plain.map((name) => largeKey(id, name));
  const has = { whole: stored.includes('logs'), parts: beside.log };
  const [values, log] = await Promise.all([
    bytes.read('large', keys),
    names.includes('logs') ? readLog(bytes, logKey(id), has, decoded) : undefined,
  ]);
  const found = present('large', keys, values).map((value, i): [string, unknown] => [
    plain[i] as string,
    decoded<{ value: unknown }>(value).value,
  ]);
  return Object.fromEntries(log === undefined ? found : [...found, ['logs', log]]);
}

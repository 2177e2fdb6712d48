import type { Change } from './bytes.js';
import type { CheckedBytes } from './checked-bytes.js';
import { bitOf, documentIn, encodedIn, largeKey, logKey, replaced, saysBeside } from './instance-bytes.js';
import { bitsOfLog, partsOfLog } from './instance-log.js';
import { LARGE_FIELDS } from '../query/large-fields.js';
import type { Witness } from './witness.js';

/** Instances of a commit, and about their size in bytes. */
const PART = { instances: 100, bytes: 2_000_000 };

type Old = readonly [id: string, bytes: Uint8Array];

/** The keys under which an instance may have something beside it. */
const besideOf = (id: string): string[] => [
  ...LARGE_FIELDS.map((name) => largeKey(id, name)),
  ...partsOfLog(logKey(id)),
];

async function changesOf(checked: CheckedBytes, part: readonly Old[]): Promise<Change[]> {
  const isThere = await checked.has(
    'large',
    part.flatMap(([id]) => besideOf(id)),
  );
  return part.flatMap(([id, bytes]) => {
    const found = isThere.splice(0, besideOf(id).length);
    const fields = LARGE_FIELDS.reduce((bits, name, i) => (found[i] ? bits | bitOf(name) : bits), 0);
    const beside = { fields, log: bitsOfLog(found.slice(LARGE_FIELDS.length)) };
    return replaced(undefined, documentIn(bytes), encodedIn(bytes), beside).changes;
  });
}

/**
 * Adds the index to the instances of a folder of format 3, and records in each of them what is stored beside it. The
 * next call continues an interrupted one: an instance and its entries are written together.
 */
export async function addIndex(checked: CheckedBytes, witness: Witness): Promise<void> {
  let [part, size]: [Old[], number] = [[], 0];
  const write = async (): Promise<void> => {
    await checked.write(await changesOf(checked, part));
    await witness.record(checked.commit);
    [part, size] = [[], 0];
  };
  for await (const [id, bytes] of checked.scan('instance')) {
    if (saysBeside(bytes)) continue;
    part.push([id, bytes]);
    size += bytes.length;
    if (part.length >= PART.instances || size >= PART.bytes) await write();
  }
  if (part.length > 0) await write();
}

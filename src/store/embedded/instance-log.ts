import { decode, encode } from '../bson/codec.js';
import type { LogLines } from '../port.js';
import type { Bytes, Change } from './bytes.js';

/** Size of the ring of chunks. */
const SLOTS = 64;
/** Maximum number of lines in logs of an earlier version. */
const MOST_LINES = 1000;

interface Chunk {
  readonly rev: number;
  /** Maximum number of lines of the whole log; missing in logs of an earlier version. */
  readonly most?: number;
  readonly value: unknown[];
}

const slotKey = (base: string, rev: number): string => `${base}\u0000${rev % SLOTS}`;
const SLOT_NUMBERS = Array.from({ length: SLOTS }, (_, slot) => slot);

/**
 * Adds lines to the log of an instance. One key contains the log as it was inserted or set; beside it is a ring of
 * chunks, one per write that added lines. A write encodes only its own lines and replaces the oldest chunk.
 * @param base key of the log as a large field
 * @param rev the revision that the write changes
 */
export const addToLog = (base: string, rev: number, { lines, most }: LogLines): Change => ({
  space: 'large',
  key: slotKey(base, rev),
  bytes: encode({ rev, most, value: lines.slice(-most) }),
});

/** Removes the chunks, because the log was set as a whole or its instance is deleted. */
export const withoutChunks = (base: string): Change[] =>
  SLOT_NUMBERS.map((slot): Change => ({ space: 'large', key: slotKey(base, slot) }));

/**
 * The newest lines; undefined if there never was a log.
 * @param decoded how stored values are decoded
 */
export async function readLog(
  bytes: Pick<Bytes, 'read'>,
  base: string,
  decoded: typeof decode = decode,
): Promise<unknown> {
  const [whole, ...slots] = await bytes.read('large', [
    base,
    ...SLOT_NUMBERS.map((slot) => slotKey(base, slot)),
  ]);
  const first: unknown = whole && decoded<{ value: unknown }>(whole).value;
  const chunks = slots
    .flatMap((slot) => (slot === undefined ? [] : [decoded<Chunk>(slot)]))
    .map(({ rev, most, value }) => ({ rev: Number(rev), most: Number(most ?? MOST_LINES), value }))
    .sort((a, b) => a.rev - b.rev);
  const newest = chunks.at(-1);
  if (newest === undefined) return first;
  const kept = chunks.filter(({ rev }) => rev > newest.rev - SLOTS).flatMap(({ value }) => value);
  return [...(Array.isArray(first) ? (first as unknown[]) : []), ...kept].slice(-newest.most);
}

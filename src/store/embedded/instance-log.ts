import { decode, encode } from '../bson/codec.js';
import type { LogLines } from '../port.js';
import type { Bytes, Change } from './bytes.js';

/** How many writes the log goes back. */
const SLOTS = 64;

interface Chunk {
  readonly rev: number;
  /** Lines of the whole log; missing in what an earlier version wrote, which kept 1000. */
  readonly most?: number;
  readonly value: unknown[];
}

const slotKey = (base: string, rev: number): string => `${base}\u0000${rev % SLOTS}`;
const SLOT_NUMBERS = Array.from({ length: SLOTS }, (_, slot) => slot);

/**
 * The log of an instance: what it was inserted or set with under one key, and beside it a ring of chunks, one for each
 * write that added lines. So a write encodes its own lines, not those before, and takes the place of an old one.
 * @param base key of the log as a large field
 * @param rev the revision that the write changes
 */
export const addToLog = (base: string, rev: number, { lines, most }: LogLines): Change => ({
  space: 'large',
  key: slotKey(base, rev),
  bytes: encode({ rev, most, value: lines.slice(-most) }),
});

/** Takes the chunks away: the log was set as a whole, or its instance is deleted. */
export const withoutChunks = (base: string): Change[] =>
  SLOT_NUMBERS.map((slot): Change => ({ space: 'large', key: slotKey(base, slot) }));

/** The newest lines; undefined where there never was a log. */
export async function readLog(bytes: Bytes, base: string): Promise<unknown> {
  const [whole, ...slots] = await bytes.read('large', [
    base,
    ...SLOT_NUMBERS.map((slot) => slotKey(base, slot)),
  ]);
  const first: unknown = whole && decode<{ value: unknown }>(whole).value;
  const chunks = slots
    .flatMap((slot) => (slot === undefined ? [] : [decode<Chunk>(slot)]))
    .sort((a, b) => a.rev - b.rev);
  const newest = chunks.at(-1);
  if (newest === undefined) return first;
  const kept = chunks.filter(({ rev }) => rev > newest.rev - SLOTS).flatMap(({ value }) => value);
  return [...(Array.isArray(first) ? (first as unknown[]) : []), ...kept].slice(-(newest.most ?? 1000));
}

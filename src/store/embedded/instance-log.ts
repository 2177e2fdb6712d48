import { decode, encode } from '../bson/codec.js';
import type { LogLines } from '../port.js';
import type { Bytes, Change } from './bytes.js';
import { present } from './checksum.js';

/** Size of the ring of parts: each is a bit of the instance. */
const SLOTS = 64;
/** Maximum number of lines in logs of an earlier version. */
const MOST_LINES = 1000;

interface Part {
  readonly rev: number;
  /** Maximum number of lines of the whole log; missing in logs of an earlier version. */
  readonly most?: number;
  readonly value: unknown[];
}

const slotKey = (base: string, slot: number): string => `${base}\u0000${slot}`;
const slotOf = (rev: number): number => Math.abs(Math.trunc(rev)) % SLOTS || 0;
const SLOT_NUMBERS = Array.from({ length: SLOTS }, (_, slot) => slot);
/** The keys that the parts of a log may have. */
export const partsOfLog = (base: string): string[] => SLOT_NUMBERS.map((slot) => slotKey(base, slot));

const bitOf = (slot: number): bigint => 1n << BigInt(slot);
/** The parts that are there, as bits. @param isThere in the order of `partsOfLog` */
export const bitsOfLog = (isThere: readonly boolean[]): bigint =>
  isThere.reduce((bits, one, slot) => (one ? bits | bitOf(slot) : bits), 0n);
const keysOf = (base: string, bits: bigint): string[] =>
  SLOT_NUMBERS.filter((slot) => (bits & bitOf(slot)) !== 0n).map((slot) => slotKey(base, slot));

/**
 * Adds lines to the log of an instance. One key contains the log as it was inserted or set; beside it is a ring of
 * parts, one per write that added lines. A write encodes only its own lines and replaces the oldest part.
 * @param base key of the log as a large field
 * @param rev the revision that the write changes
 */
export const addToLog = (
  base: string,
  rev: number,
  { lines, most }: LogLines,
): { readonly bit: bigint; readonly change: Change } => ({
  bit: bitOf(slotOf(rev)),
  change: {
    space: 'large',
    key: slotKey(base, slotOf(rev)),
    bytes: encode({ rev, most, value: lines.slice(-most) }),
  },
});

/** Removes the parts, because the log was set as a whole or its instance is deleted. */
export const withoutParts = (base: string, bits: bigint): Change[] =>
  keysOf(base, bits).map((key): Change => ({ space: 'large', key }));

/**
 * The newest lines; undefined if there never was a log.
 * @param has whether the log is stored as a whole, and its parts as bits
 * @param decoded how stored values are decoded
 * @throws CouldNotTell `store-damaged` when a part is missing
 */
export async function readLog(
  bytes: Pick<Bytes, 'read'>,
  base: string,
  has: { readonly whole: boolean; readonly parts: bigint },
  decoded: typeof decode = decode,
): Promise<unknown> {
  const keys = [...(has.whole ? [base] : []), ...keysOf(base, has.parts)];
  const found = present('large', keys, await bytes.read('large', keys));
  const whole = has.whole ? found.shift() : undefined;
  const first: unknown = whole && decoded<{ value: unknown }>(whole).value;
  const parts = found
    .map((part) => decoded<Part>(part))
    .map(({ rev, most, value }) => ({ rev: Number(rev), most: Number(most ?? MOST_LINES), value }))
    .sort((a, b) => a.rev - b.rev);
  const newest = parts.at(-1);
  if (newest === undefined) return first;
  const kept = parts.filter(({ rev }) => rev > newest.rev - SLOTS).flatMap(({ value }) => value);
  return [...(Array.isArray(first) ? (first as unknown[]) : []), ...kept].slice(-newest.most);
}

import { BadInput } from '../errors.js';
import type { PolicyChange } from '../policy-set/policy-set.js';
import { show } from '../value.js';
import { BadEntry } from './entries.js';

/**
 * Characters of one condition, and of all conditions of one kind of entries: the first list after a change compiles
 * those that concern its caller.
 */
const MOST = { one: 200_000, all: 4_000_000 };
/** What a shorter name or value counts as: to compile it costs as much. */
const LEAST = 20;

/** Entries between two steps of a change. */
const STEP = 256;

const textSize = (text: string): number => Math.max(LEAST, text.length);

/** The size of a condition as it is written. */
function sizeOf(json: unknown): number {
  if (typeof json === 'string') return textSize(json);
  if (typeof json !== 'object' || json === null) return LEAST;
  let size = 0;
  if (Array.isArray(json)) for (const value of json) size += sizeOf(value);
  else for (const [name, value] of Object.entries(json)) size += textSize(name) + sizeOf(value);
  return size;
}

const counted = `names and values of fewer than ${LEAST} count as ${LEAST}`;

/**
 * Passes a condition that may be parsed: one step of a change, which no other call interrupts, does that.
 * @param what its name in messages
 * @throws BadInput `too-large`
 */
export function assertSmall(json: unknown, what: string): void {
  const size = sizeOf(json);
  if (size > MOST.one)
    throw new BadInput(
      'too-large',
      `${what} has ${size} characters; at most ${MOST.one} are allowed; ${counted}.`,
    );
}

/**
 * Refuses conditions that together would make the first list after a change expensive.
 * @param kind the entries that have them
 * @param conditions those of one entry
 * @param changes the changes that led to the entries; if none of them saves an entry, nothing is checked
 * @throws BadEntry `too-large`, naming the last of the changes
 */
export function* assertSmallTogether(
  kind: string,
  entries: ReadonlyMap<string, unknown>,
  changes: readonly PolicyChange[],
  conditions: (entry: unknown) => readonly unknown[],
): Iterable<void> {
  const saved = changes.findLast(
    (change) => change.kind === kind && entries.has(change.id) && conditions(change.value).length > 0,
  );
  if (saved === undefined) return;
  let [size, at] = [0, 0];
  for (const entry of entries.values()) {
    for (const condition of conditions(entry)) size += sizeOf(condition);
    if (size > MOST.all)
      throw new BadEntry(
        kind,
        saved.id,
        `With ${kind} ${show(saved.id)}, the conditions of all of them have more than ${MOST.all} characters` +
          ` together; ${counted}.`,
        'too-large',
      );
    if (++at % STEP === 0) yield;
  }
}

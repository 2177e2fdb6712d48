/** The key spaces of the stored bytes. */
export type Space =
  'instance' | 'index' | 'large' | 'archive' | 'model' | 'user' | 'audit' | 'value' | 'policy' | 'format';

export const SPACES: readonly Space[] = [
  'instance',
  'index',
  'large',
  'archive',
  'model',
  'user',
  'audit',
  'value',
  'policy',
  'format',
];

/** Writes one key, or deletes it if `bytes` is missing. */
export interface Change {
  readonly space: Space;
  readonly key: string;
  readonly bytes?: Uint8Array | undefined;
}

export interface Range {
  readonly reverse?: boolean;
  /** First key, inclusive. */
  readonly from?: string | undefined;
  /** Last key, exclusive. */
  readonly below?: string | undefined;
}

/** Prefixes of keys, which end with a zero character: a way to find entries. */
export type Way = readonly string[];

/** The key behind all keys with that beginning. */
export const endOf = (beginning: string): string => `${beginning.slice(0, -1)}\u0001`;

export interface MergeOptions {
  /** Finds only entries whose rest is below it. */
  readonly below?: string | undefined;
  readonly most: number;
}

/** Entries that were found in one of several ways. */
export interface Merged {
  /** The position of the way. */
  readonly way: number;
  /** `at` is the position of a beginning in the way, `rest` what follows it in the key. */
  readonly entries: readonly (readonly [at: number, rest: string, bytes: Uint8Array])[];
}

/** A part of the entries with one beginning. */
export interface CountedPart {
  readonly count: number;
  /** The key with which the next part begins; missing: there is none. */
  readonly next?: string | undefined;
}

/** The storage of the embedded store. */
export interface Bytes {
  /**
   * @param most bytes after which no further values are read; the result is shorter then, but never empty
   */
  read(space: Space, keys: readonly string[], most?: number): Promise<(Uint8Array | undefined)[]>;
  /** Atomic: after a crash, all of the changes are stored or none. They are durable when it returns. */
  write(changes: readonly Change[]): Promise<void>;
  /** In key order, as of the beginning of the scan. */
  scan(space: Space, range?: Range): AsyncIterable<readonly [key: string, bytes: Uint8Array]>;
  /** A consistent snapshot of everything. */
  snapshot(): AsyncIterable<Change>;
  close(): Promise<void>;
}

/** Storage that merges ordered lists of entries. */
export interface OrderedBytes extends Bytes {
  /**
   * Chooses the way with the fewest entries (the last one among those that have equally few, or too many to count),
   * and returns its entries: those with the largest rest first, and each rest once.
   */
  merge(space: Space, ways: readonly Way[], options: MergeOptions): Promise<Merged>;
  /** Counts entries with a beginning, from a key on, and at most so many; reads none of them. */
  countEntries(space: Space, beginning: string, from: string, most: number): Promise<CountedPart>;
}

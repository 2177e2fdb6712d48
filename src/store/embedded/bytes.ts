/** The key spaces of the stored bytes. */
export type Space =
  'instance' | 'large' | 'archive' | 'model' | 'user' | 'audit' | 'value' | 'policy' | 'format';

export const SPACES: readonly Space[] = [
  'instance',
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

/** The storage of the embedded store. */
export interface Bytes {
  read(space: Space, keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
  /** Atomic: after a crash, all of the changes are stored or none. They are durable when it returns. */
  write(changes: readonly Change[]): Promise<void>;
  /** In key order, as of the beginning of the scan. */
  scan(space: Space, range?: Range): AsyncIterable<readonly [key: string, bytes: Uint8Array]>;
  /** A consistent snapshot of everything. */
  snapshot(): AsyncIterable<Change>;
  close(): Promise<void>;
}

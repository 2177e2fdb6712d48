/** The parts that stored bytes are kept in. */
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

/** One key that is written, or deleted where `bytes` is missing. */
export interface Change {
  readonly space: Space;
  readonly key: string;
  readonly bytes?: Uint8Array | undefined;
}

export interface Range {
  readonly reverse?: boolean;
  /** First key. */
  readonly from?: string | undefined;
  /** Keys below this one. */
  readonly below?: string | undefined;
}

/** Where the embedded store keeps its bytes. */
export interface Bytes {
  read(space: Space, keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
  /** All of the changes or, after a crash, none of them; on return they are where they survive one. */
  write(changes: readonly Change[]): Promise<void>;
  /** In the order of the keys, as it was when the scan began. */
  scan(space: Space, range?: Range): AsyncIterable<readonly [key: string, bytes: Uint8Array]>;
  /** Everything of one moment. */
  snapshot(): AsyncIterable<Change>;
  close(): Promise<void>;
}

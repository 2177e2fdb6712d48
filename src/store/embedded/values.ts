import { wallClock } from '../../core/clock.js';
import type { ValueStore } from '../port.js';
import { copy, normalise } from '../bson/codec.js';
import type { Table } from './table.js';

export interface StoredValue {
  readonly value: unknown;
  readonly expires: Date | null;
}

/** The prefix of the keys of a namespace; quoted, so that none is a prefix of another. */
export const prefixOf = (namespace: string): string => `${JSON.stringify(namespace)}:`;

/** Expired values are removed after this many writes. */
const SWEEP_EVERY = 200;

const ended = ({ expires }: StoredValue): boolean => expires !== null && expires.getTime() <= wallClock();

/** The named values of all namespaces in one table. */
export class EmbeddedValues {
  private writes = 0;

  constructor(private readonly table: Table<StoredValue>) {}

  namespace(namespace: string): ValueStore {
    const prefix = prefixOf(namespace);
    return {
      get: async (key) => this.get(prefix + key),
      set: (key, value, expires) => this.set(prefix + key, value, expires),
      add: (key, value) => this.add(prefix + key, value),
      delete: (key) => this.delete(prefix + key),
      entries: async () => this.entries(prefix),
    };
  }

  private get(key: string): unknown {
    const stored = this.table.get(key);
    return stored === undefined || ended(stored) ? undefined : stored.value;
  }

  private async set(key: string, value: unknown, expires?: Date): Promise<void> {
    const row = normalise<StoredValue>({ value, expires: expires ?? null });
    await this.table.exclusive(() => this.table.write([[key, row]]));
    if (++this.writes % SWEEP_EVERY === 0) await this.sweep();
  }

  private add(key: string, value: unknown): Promise<boolean> {
    return this.table.exclusive(async () => {
      if (this.get(key) !== undefined) return false;
      await this.table.write([[key, normalise<StoredValue>({ value, expires: null })]]);
      return true;
    });
  }

  private delete(key: string): Promise<boolean> {
    return this.table.exclusive(async () => {
      const stored = this.table.get(key);
      if (stored === undefined) return false;
      await this.table.write([[key, undefined]]);
      return !ended(stored);
    });
  }

  private entries(prefix: string): [string, unknown][] {
    return [...this.table.entries()]
      .filter(([key, stored]) => key.startsWith(prefix) && !ended(stored))
      .map(([key, { value }]) => [key.slice(prefix.length), copy(value)]);
  }

  private sweep(): Promise<void> {
    return this.table.exclusive(() =>
      this.table.write(
        [...this.table.entries()]
          .filter(([, stored]) => ended(stored))
          .map(([key]) => [key, undefined] as const),
      ),
    );
  }
}

import type { Stored } from './instance-bytes.js';

/** About the memory that a decoded document takes, in bytes for each of its stored ones, and in addition. */
const PER_BYTE = 2;
const ADDITIONAL = 500;

const weightOf = ({ size }: Stored): number => PER_BYTE * size + ADDITIONAL;

/** The instances that were used last, as far as they fit into a number of bytes. */
export class InstanceCache {
  private readonly entries = new Map<string, Stored>();
  private weight = 0;

  /** @param most bytes of memory, about */
  constructor(private readonly most: number) {}

  get(id: string): Stored | undefined {
    const found = this.entries.get(id);
    if (found === undefined) return undefined;
    // Moved behind all others, which are older.
    this.entries.delete(id);
    this.entries.set(id, found);
    return found;
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  set(stored: Stored): void {
    const { id } = stored.document;
    this.delete(id);
    this.entries.set(id, stored);
    this.weight += weightOf(stored);
    for (const oldest of this.entries.keys()) {
      if (this.weight <= this.most) return;
      this.delete(oldest);
    }
  }

  /** Keeps an instance if there is space: one of many that are read once must not take the place of others. */
  offer(stored: Stored): void {
    if (this.weight + weightOf(stored) <= this.most) this.set(stored);
  }

  delete(id: string): void {
    const found = this.entries.get(id);
    if (found === undefined) return;
    this.entries.delete(id);
    this.weight -= weightOf(found);
  }
}

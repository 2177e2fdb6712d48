import type { Collection, Document } from 'mongodb';
import { today, wallClock } from '../../core/clock.js';
import { normalise } from '../bson/codec.js';
import type { ValueStore } from '../port.js';
import { isDuplicate } from './failure.js';

/** Hides expired values: the database removes them only after some minutes. */
const alive = (): Document => ({ $or: [{ expires: null }, { expires: { $gt: today() } }] });

/** Named values of one namespace. Namespace and key form the `_id`, so that it is unique even without an index. */
export class MongoValues implements ValueStore {
  constructor(
    private readonly values: Collection<Document>,
    private readonly namespace: string,
  ) {}

  private at(key: string): Document {
    return { _id: JSON.stringify([this.namespace, key]) };
  }

  async get(key: string): Promise<unknown> {
    return (await this.values.findOne({ ...this.at(key), ...alive() }))?.value as unknown;
  }

  async set(key: string, value: unknown, expires?: Date): Promise<void> {
    const row: Document = normalise({ namespace: this.namespace, key, value, expires: expires ?? null });
    await this.values.replaceOne(this.at(key), row, { upsert: true });
  }

  async add(key: string, value: unknown): Promise<boolean> {
    const row: Document = normalise({ namespace: this.namespace, key, value, expires: null });
    try {
      // An expired value is replaced; the `_id` of another one keeps a second from being inserted.
      await this.values.replaceOne({ ...this.at(key), expires: { $lte: today() } }, row, { upsert: true });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  async delete(key: string): Promise<boolean> {
    const row = await this.values.findOneAndDelete(this.at(key), { projection: { expires: 1 } });
    return row !== null && (row.expires === null || (row.expires as Date).getTime() > wallClock());
  }

  async entries(): Promise<[string, unknown][]> {
    const rows = await this.values.find({ namespace: this.namespace, ...alive() }).toArray();
    return rows.map((row) => [row.key as string, row.value as unknown]);
  }
}

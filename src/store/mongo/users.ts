import type { Collection, Document } from 'mongodb';
import { normalise } from '../bson/codec.js';
import type { StoredUser, UserStore } from '../port.js';
import { inserted } from './insert.js';

const WITHOUT_ID = { projection: { _id: 0 } } as const;

/** Users by name; the name is the `_id`, so that it is unique even without an index. */
export class MongoUsers implements UserStore {
  constructor(private readonly users: Collection<Document>) {}

  async find(userName: string): Promise<StoredUser | undefined> {
    return ((await this.users.findOne({ _id: userName as never }, WITHOUT_ID)) ?? undefined) as
      StoredUser | undefined;
  }

  async put(user: StoredUser): Promise<void> {
    const { _id, ...stored } = normalise(user) as StoredUser & { _id?: unknown };
    await this.users.replaceOne({ _id: stored.userName as never }, stored, { upsert: true });
  }

  async insert(user: StoredUser): Promise<boolean> {
    const { _id, ...stored } = normalise(user) as StoredUser & { _id?: unknown };
    return inserted(this.users, { _id: stored.userName as never, ...stored });
  }

  async update(
    userName: string,
    fields: Readonly<Partial<StoredUser>>,
    expected: Readonly<Record<string, string | null>> = {},
  ): Promise<boolean> {
    const is = Object.entries(expected).map(([field, text]) => [field, { $eq: text }]);
    const row = await this.users.updateOne(
      { _id: userName as never, ...Object.fromEntries(is) },
      { $set: normalise(fields) },
    );
    return row.matchedCount === 1;
  }

  async list(): Promise<StoredUser[]> {
    return (await this.users
      .find({}, { ...WITHOUT_ID, sort: { _id: 1 } })
      .toArray()) as unknown as StoredUser[];
  }

  async remove(userName: string): Promise<boolean> {
    return (await this.users.deleteOne({ _id: userName as never })).deletedCount === 1;
  }
}

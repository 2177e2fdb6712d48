import { compareText } from '../../core/value.js';
import type { StoredUser, UserStore } from '../port.js';
import { copy, normalise } from '../bson/codec.js';
import type { Table } from './table.js';

/** Users by name. */
export class EmbeddedUsers implements UserStore {
  constructor(private readonly table: Table<StoredUser>) {}

  async find(userName: string): Promise<StoredUser | undefined> {
    return this.table.get(userName);
  }

  async put(user: StoredUser): Promise<void> {
    const stored = normalise(user);
    await this.table.exclusive(() => this.table.write([[stored.userName, stored]]));
  }

  insert(user: StoredUser): Promise<boolean> {
    const stored = normalise(user);
    return this.table.exclusive(async () => {
      if (this.table.get(stored.userName) !== undefined) return false;
      await this.table.write([[stored.userName, stored]]);
      return true;
    });
  }

  update(
    userName: string,
    fields: Readonly<Partial<StoredUser>>,
    expected: Readonly<Record<string, string | null>> = {},
  ): Promise<boolean> {
    const changed = normalise(fields);
    return this.table.exclusive(async () => {
      const stored = this.table.get(userName);
      if (
        stored === undefined ||
        Object.entries(expected).some(([field, text]) => (stored[field] ?? null) !== text)
      )
        return false;
      await this.table.write([[userName, { ...stored, ...changed }]]);
      return true;
    });
  }

  async list(): Promise<StoredUser[]> {
    return [...this.table.entries()]
      .map(([, user]) => copy(user))
      .sort((a, b) => compareText(a.userName, b.userName));
  }

  remove(userName: string): Promise<boolean> {
    return this.table.exclusive(async () => {
      if (this.table.get(userName) === undefined) return false;
      await this.table.write([[userName, undefined]]);
      return true;
    });
  }
}

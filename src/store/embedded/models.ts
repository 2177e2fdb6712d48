import { Conflict } from '../../core/errors.js';
import { compareText } from '../../core/value.js';
import { compareValues } from '../bson/order.js';
import { Work } from '../bson/budget.js';
import { matchExactly } from '../query/exact.js';
import type { Filter, ModelOptions, ModelStore, StoredModel } from '../port.js';
import { revisionOf, settable } from '../query/stored.js';
import { copyWithout, normalise } from '../bson/codec.js';
import type { ObjectIds } from '../bson/object-id.js';
import type { Table } from './table.js';
import type { Turns } from '../turns.js';

/** The key of a model. */
export const modelKey = (name: string, owner: string | null | undefined): string =>
  JSON.stringify([owner ?? null, name]);

/** Process definitions by name and owner. */
export class EmbeddedModels implements ModelStore {
  constructor(
    private readonly table: Table<StoredModel>,
    private readonly ids: ObjectIds,
    private readonly turns: Turns,
  ) {}

  async find(
    filter: Filter,
    { without = [], skip = 0, limit = Infinity, exact }: ModelOptions = {},
  ): Promise<StoredModel[]> {
    const work = new Work(this.turns);
    const match = matchExactly(filter, exact, work.spend);
    const found: [string, StoredModel][] = [];
    for (const entry of this.table.entries()) {
      if (match(entry[1])) found.push(entry);
      if (work.isOver()) await work.next();
    }
    found.sort(([, a], [, b]) => compareText(a.name, b.name) || compareValues(a.owner, b.owner));
    return found.slice(skip, skip + limit).map(([, model]) => copyWithout(model, without));
  }

  async get(name: string, owner: string | null): Promise<StoredModel | undefined> {
    return this.table.get(modelKey(name, owner));
  }

  async put(document: StoredModel): Promise<void> {
    const model = normalise({ ...document, owner: document.owner ?? null });
    const key = modelKey(model.name, model.owner);
    await this.table.exclusive(async () => {
      const _id = this.table.get(key)?._id ?? this.ids.next();
      await this.table.write([[key, { ...model, _id }]]);
    });
  }

  async insert(document: StoredModel): Promise<boolean> {
    const model = normalise({ ...document, owner: document.owner ?? null });
    const key = modelKey(model.name, model.owner);
    return this.table.exclusive(async () => {
      if (this.table.get(key) !== undefined) return false;
      await this.table.write([[key, { ...model, _id: this.ids.next() }]]);
      return true;
    });
  }

  async update(
    name: string,
    owner: string | null,
    expectedRev: number | undefined,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    const changed = normalise(settable(fields, ['name', 'owner']));
    const key = modelKey(name, owner);
    return this.table.exclusive(async () => {
      const model = this.table.get(key);
      if (model === undefined || revisionOf(model) !== expectedRev) return false;
      await this.table.write([[key, { ...model, ...changed }]]);
      return true;
    });
  }

  remove(name: string, owner: string | null): Promise<boolean> {
    const key = modelKey(name, owner);
    return this.table.exclusive(async () => {
      if (this.table.get(key) === undefined) return false;
      await this.table.write([[key, undefined]]);
      return true;
    });
  }

  rename(name: string, owner: string | null, newName: string): Promise<boolean> {
    const [from, to] = [modelKey(name, owner), modelKey(newName, owner)];
    return this.table.exclusive(async () => {
      const model = this.table.get(from);
      if (model === undefined) return false;
      if (from === to) return true;
      if (this.table.get(to) !== undefined)
        throw new Conflict('conflict', 'A model with this name already exists.');
      const renamed: StoredModel = { ...model, name: newName };
      await this.table.write([
        [from, undefined],
        [to, renamed],
      ]);
      return true;
    });
  }
}

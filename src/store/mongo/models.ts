import type { Collection, Document } from 'mongodb';
import { Conflict } from '../../core/errors.js';
import { normalise } from '../bson/codec.js';
import type { Filter, ModelStore, StoredModel } from '../port.js';
import { settable } from '../query/revision.js';
import { isDuplicate } from './failure.js';
import { atRevision, leavingOut } from './query.js';

/** Process definitions in the host's own collection. The host treats a missing owner like null. */
export class MongoModels implements ModelStore {
  constructor(private readonly models: Collection<Document>) {}

  async find(
    filter: Filter,
    {
      without = [],
      skip = 0,
      limit,
    }: { readonly without?: readonly string[]; readonly skip?: number; readonly limit?: number } = {},
  ): Promise<StoredModel[]> {
    if (limit === 0) return [];
    const rows = await this.models
      .find(filter as Document, {
        projection: leavingOut(without),
        sort: { name: 1, owner: 1, _id: 1 },
        skip,
        ...(limit === undefined ? {} : { limit }),
      })
      .toArray();
    return rows as unknown as StoredModel[];
  }

  async get(name: string, owner: string | null): Promise<StoredModel | undefined> {
    return ((await this.models.findOne({ name, owner })) ?? undefined) as StoredModel | undefined;
  }

  async put(document: StoredModel): Promise<void> {
    const { _id, ...model } = normalise({ ...document, owner: document.owner ?? null });
    const write = (): Promise<unknown> =>
      this.models.replaceOne({ name: model.name, owner: model.owner }, model, { upsert: true });
    try {
      await write();
    } catch (error) {
      // If two callers insert the same model at once, the second finds the model of the first.
      if (!isDuplicate(error)) throw error;
      await write();
    }
  }

  async insert(document: StoredModel): Promise<boolean> {
    const { _id, ...model } = normalise({ ...document, owner: document.owner ?? null });
    const { name, owner } = model;
    const { upsertedCount } = await this.models.updateOne(
      { name, owner },
      { $setOnInsert: model },
      { upsert: true },
    );
    return upsertedCount === 1;
  }

  async update(
    name: string,
    owner: string | null,
    expectedRev: number | undefined,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    const $set: Document = normalise(settable(fields, ['name', 'owner']));
    const where = { name, owner, ...atRevision(expectedRev) };
    if (Object.keys($set).length === 0) return (await this.models.countDocuments(where)) === 1;
    return (await this.models.updateOne(where, { $set })).matchedCount === 1;
  }

  async remove(name: string, owner: string | null): Promise<boolean> {
    return (await this.models.deleteOne({ name, owner })).deletedCount === 1;
  }

  async rename(name: string, owner: string | null, newName: string): Promise<boolean> {
    if (name !== newName && (await this.get(newName, owner)) !== undefined) {
      if ((await this.get(name, owner)) === undefined) return false;
      throw new Conflict('conflict', 'A model with this name exists.');
    }
    // The unique index decides if two callers choose one name at once.
    return (await this.models.updateOne({ name, owner }, { $set: { name: newName } })).matchedCount === 1;
  }
}

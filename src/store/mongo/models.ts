import type { Collection, Document } from 'mongodb';
import { Conflict } from '../../core/errors.js';
import { normalise } from '../bson/codec.js';
import type { Filter, ModelOptions, ModelStore, StoredModel } from '../port.js';
import { Budget } from '../query/budget.js';
import { atRevision, settable } from '../query/stored.js';
import { Turns } from '../turns.js';
import { isDuplicate } from './failure.js';
import { leavingOut } from './query.js';
import { taken, testedBy } from './taken.js';

const leaner = (row: Document, without: readonly string[]): Document =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !without.includes(name)));

/** Process definitions in the host's own collection. The host treats a missing owner like null. */
export class MongoModels implements ModelStore {
  constructor(
    private readonly models: Collection<Document>,
    private readonly turns = new Turns(),
  ) {}

  async find(filter: Filter, options: ModelOptions = {}): Promise<StoredModel[]> {
    const { without = [], skip = 0, limit } = options;
    if (limit === 0) return [];
    const tested = testedBy(options, this.turns);
    const page = { skip, ...(limit === undefined ? {} : { limit }) };
    const found = this.models.find(filter as Document, {
      // The test may ask for any of the fields.
      projection: leavingOut(tested === undefined ? without : []),
      // Unique, and the order of an index.
      sort: { name: 1, owner: 1 },
      ...(tested === undefined ? page : { allowDiskUse: true }),
    });
    const passing = tested && { tested, skip, limit: limit ?? Infinity };
    const lean = (row: Document): Document => (tested === undefined ? row : leaner(row, without));
    const rows = await taken(found, new Budget(), () => 0, lean, passing);
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
      throw new Conflict('conflict', 'A model with this name already exists.');
    }
    // The unique index decides if two callers choose one name at once.
    return (await this.models.updateOne({ name, owner }, { $set: { name: newName } })).matchedCount === 1;
  }
}

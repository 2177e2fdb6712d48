import { GuardError } from '../../core/errors.js';
import type { Filter, ItemPlan, Store, StoredInstance, StoredItem } from '../../store/port.js';
import { cursorOf } from '../../store/query/item-order.js';
import { walk } from '../../store/query/walk.js';
import type { Room } from '../contract/limits.js';
import { writeInstance, type Keep } from './commit.js';
import { stateOf } from './command.js';
import type { Contexts } from './context.js';
import { detachBelow } from './terminate.js';
import { dataOfItem } from '../model/data-path.js';
import type { HostInstance } from '../model/host.js';

type Row = Record<string, unknown>;
type Query = Record<string, unknown>;

/** Items per page, and their bytes: each comes with its instance. */
const PAGE = { rows: 2000, bytes: 16_777_216 };

/** Plans the query of a trusted caller in upstream's form: conditions on `items.` fields apply to the same item. */
export function trustedItemPlan(query: Query): ItemPlan {
  const before: Query = {};
  const element: Query = {};
  for (const [key, value] of Object.entries(query)) {
    if (key.startsWith('items.')) element[key.slice('items.'.length)] = value;
    else if (!key.startsWith('$')) before[key] = value;
  }
  if (Object.keys(element).length > 0 && before.items === undefined) before.items = { $elemMatch: element };
  return { before, each: unwoundForm(query) as Filter, needsAll: false };
}

/** `items: {$elemMatch}`, rewritten for a document with one item in place of the list. */
function unwoundForm(query: unknown): unknown {
  if (Array.isArray(query)) return query.map(unwoundForm);
  if (typeof query !== 'object' || query === null || query instanceof Date || query instanceof RegExp)
    return query;
  const out: Query = {};
  for (const [key, value] of Object.entries(query)) {
    const element =
      key === 'items' && typeof value === 'object' && value !== null
        ? (value as Query).$elemMatch
        : undefined;
    if (element !== undefined)
      for (const [field, test] of Object.entries(element as Query)) out[`items.${field}`] = test;
    else out[key] = key.startsWith('$') ? unwoundForm(value) : value;
  }
  return out;
}

/** An item in the form of upstream's data store. */
function upstreamItem(
  instance: Pick<StoredInstance, 'id' | 'name' | 'data' | 'tokens' | 'version'>,
  item: StoredItem,
): Row {
  const { id: instanceId, name: processName, data: instanceData, version: instanceVersion } = instance;
  return {
    ...item,
    processName,
    instanceData,
    data: dataOfItem(instance, item.tokenId),
    instanceId,
    instanceVersion,
  };
}

/** The members of upstream's locker that its engine uses. Commands take their locks themselves. */
export interface HostLocker {
  lock(id: string): Promise<boolean>;
  release(id: string): Promise<void>;
  list(): Promise<unknown[]>;
}

/**
 * The data store of the host's own engine: trusted, unscoped. Inside a command, intermediate saves of the engine
 * stay in the command, and its reads of that instance see them.
 */
export class HostStore {
  readonly dbConfiguration: Row = {};
  readonly db = undefined;
  readonly locker: HostLocker;
  /** Called with the ids of removed instances; set once while the guard is assembled. */
  removed: (ids: readonly string[]) => void = () => undefined;
  enableSavePoints: boolean;
  saveLogs: boolean;
  saveSource: boolean;
  private readonly dataPaths: Keep['dataPaths'];
  private readonly room: Room;

  constructor(
    private readonly store: Store,
    private readonly contexts: Contexts,
    keep: Keep,
  ) {
    this.room = keep.room;
    this.enableSavePoints = keep.savePoints;
    this.saveLogs = keep.logs;
    this.saveSource = keep.source;
    this.dataPaths = keep.dataPaths;
    this.locker = {
      lock: async (id) => {
        this.contexts.command?.held.add(id);
        return true;
      },
      release: async () => undefined,
      list: () => this.store.locks.list(),
    };
  }

  get keep(): Keep {
    return {
      logs: this.saveLogs,
      savePoints: this.enableSavePoints,
      source: this.saveSource,
      room: this.room,
      dataPaths: this.dataPaths,
    };
  }

  save(instance: HostInstance): Promise<void> {
    return this.saveInstance(instance);
  }

  async saveInstance(instance: HostInstance): Promise<void> {
    const { command, abandoned } = this.contexts;
    if (abandoned) return;
    if (command !== undefined) command.save(instance);
    else await writeInstance(this.store, instance, this.keep);
  }

  /** The instance in the running command's state, consumed by the engine's one read. */
  private inCommand(query: Query): StoredInstance | undefined {
    const { command } = this.contexts;
    if (command === undefined || typeof query.id !== 'string' || Object.keys(query).length !== 1)
      return undefined;
    const saved = command.saved.get(query.id);
    if (saved !== undefined) return stateOf(saved) as unknown as StoredInstance;
    const loaded = command.loaded.get(query.id);
    command.loaded.delete(query.id);
    return loaded;
  }

  async findInstances(query: Query, option: unknown = 'summary'): Promise<StoredInstance[]> {
    const mine = this.inCommand(query);
    if (mine !== undefined) return [mine];
    const sort = (option as { sort?: Record<string, 1 | -1> } | null)?.sort;
    const full = typeof option === 'string' && option.toLowerCase() === 'full';
    if (full && typeof query.id === 'string' && Object.keys(query).length === 1)
      return [await this.store.instances.load(query.id)].filter((found) => found !== undefined);
    return this.store.instances.find({
      filter: query,
      sort: sort && Object.entries(sort),
      // As upstream's own summary.
      without: full ? [] : ['source', 'logs'],
    });
  }

  async findInstance(query: Query, option: unknown = 'full'): Promise<StoredInstance> {
    const [found, ...more] = await this.findInstances(query, option);
    if (found === undefined) throw new GuardError('not-found', 'No instance found.');
    if (more.length > 0)
      throw new GuardError('ambiguous', `More than one instance found: ${more.length + 1}.`);
    found.logs ??= [];
    return found;
  }

  async findItems(query: Query): Promise<Row[]> {
    const mine = this.itemInCommand(query);
    if (mine !== undefined) return [mine];
    const rows = await this.store.instances.findItems(trustedItemPlan(query));
    return rows
      .map(({ items, ...instance }) => upstreamItem(instance as unknown as StoredInstance, items))
      .sort((a, b) => Number(a.seq) - Number(b.seq));
  }

  /** Stored items, page by page: each page is a query with its own limits. */
  async *itemPages(query: Query): AsyncGenerator<Row[]> {
    const plan = trustedItemPlan(query);
    for await (const rows of walk(
      PAGE.rows,
      (page) => this.store.instances.findItems({ ...plan, bytes: PAGE.bytes, ...page }),
      cursorOf,
    ))
      yield rows.map(({ items, ...instance }) => upstreamItem(instance as unknown as StoredInstance, items));
  }

  private itemInCommand(query: Query): Row | undefined {
    const id = query['items.id'];
    if (typeof id !== 'string' || Object.keys(query).length !== 1) return undefined;
    for (const instance of this.contexts.command?.loaded.values() ?? []) {
      const item = instance.items?.find((entry) => entry.id === id);
      if (item !== undefined) return upstreamItem(instance, item);
    }
    return undefined;
  }

  async findItem(query: Query): Promise<Row> {
    const [found, ...more] = await this.findItems(query);
    if (found === undefined) throw new GuardError('not-found', 'No item found.');
    if (more.length > 0) throw new GuardError('ambiguous', `More than one item found: ${more.length + 1}.`);
    return found;
  }

  async loadInstance(id: string): Promise<{ instance: StoredInstance; items: Row[] } | null> {
    const instance = await this.store.instances.load(id);
    return instance === undefined
      ? null
      : { instance, items: (instance.items ?? []).map((item) => upstreamItem(instance, item)) };
  }

  async deleteInstances(query: Query): Promise<{ deletedCount: number }> {
    return { deletedCount: await this.remove(await this.store.instances.find({ filter: query })) };
  }

  async archive(query: Query): Promise<void> {
    const rows = await this.store.instances.find({ filter: query });
    await this.store.instances.archive(rows);
    await this.remove(rows);
  }

  private async remove(rows: readonly StoredInstance[]): Promise<number> {
    const ids = rows.map((row) => row.id);
    for (const row of rows) await detachBelow(this.store.instances, row);
    const count = await this.store.instances.remove(ids, {});
    this.removed(ids);
    return count;
  }

  async find({
    filter = {},
    limit = 10,
    sort,
    after,
  }: {
    filter?: Query;
    limit?: number;
    sort?: Record<string, 1 | -1>;
    after?: string;
  }): Promise<{ data: StoredInstance[]; nextCursor: string | null }> {
    const data = await this.store.instances.find({
      filter,
      limit,
      sort: sort && !('_id' in sort) ? Object.entries(sort) : undefined,
      after: after === undefined ? undefined : { id: after },
    });
    return { data, nextCursor: data.length < limit ? null : String(data.at(-1)?._id) };
  }

  install(): Promise<void> {
    return this.store.install();
  }
}

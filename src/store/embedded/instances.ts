import { ticks } from '../../core/clock.js';
import { Conflict } from '../../core/errors.js';
import { assertOneLog, NO_LINES } from '../instance-log.js';
import { isLarge, LARGE_FIELDS, refuseLarge, withoutLarge } from '../query/large-fields.js';
import { Work } from '../bson/budget.js';
import { compileMatch } from '../bson/match.js';
import { isObjectId, type ObjectIds } from '../bson/object-id.js';
import type { Selected, SelectedItems } from '../plans.js';
import type { Filter, InstancePlan, InstanceStore, ItemPlan, StoredInstance, UnwoundItem } from '../port.js';
import { pick, revisionOf, settable } from '../query/stored.js';
import type { Change, OrderedBytes } from './bytes.js';
import { copy, copyWithout, decode, encode, join } from '../bson/codec.js';
import {
  bitsOf,
  large,
  logKey,
  NOTHING_BESIDE,
  removed,
  replaced,
  type Beside,
  type Stored,
} from './instance-bytes.js';
import { InstanceIndex } from './instance-index.js';
import { InstanceLists } from './instance-lists.js';
import { InstanceReader } from './instance-reader.js';
import { encodedInstance } from '../instance-size.js';
import { addToLog, withoutParts } from './instance-log.js';
import { readLarge } from './large-values.js';
import { countItems, findItems } from './items.js';
import { checkPaging, distinctValues } from '../query/paging.js';
import { Serial } from './serial.js';
import type { Turns } from '../turns.js';

type Fields = Readonly<Record<string, unknown>>;

/** Bytes of memory for instances that were used last. */
const DEFAULT_CACHE = 64_000_000;

/** Instances, on the disk; those that were used last are in memory as well, without their large fields. */
export class EmbeddedInstances implements InstanceStore {
  private readonly serial = new Serial();
  private readonly reader: InstanceReader;
  private readonly index: InstanceIndex;
  private readonly lists: InstanceLists;

  constructor(
    private readonly bytes: OrderedBytes,
    private readonly ids: ObjectIds,
    private readonly turns: Turns,
    cache = DEFAULT_CACHE,
  ) {
    this.reader = new InstanceReader(bytes, this.serial, cache);
    this.index = new InstanceIndex(bytes, this.reader);
    this.lists = new InstanceLists(bytes, this.reader, this.index, turns);
  }

  /** Call it once, before any other method. */
  async open(): Promise<void> {
    const newest = await this.index.newest();
    if (newest !== undefined) this.ids.saw(newest);
  }

  find(plan: InstancePlan): Promise<StoredInstance[]> {
    return this.lists.find(plan);
  }

  async count(plan: Selected, most = Infinity): Promise<number> {
    refuseLarge([plan.filter]);
    return most > 0 ? this.index.count(plan, new Work(this.turns), most) : 0;
  }

  async exists(plan: Selected): Promise<boolean> {
    refuseLarge([plan.filter]);
    let found = false;
    await this.index.scan(plan, new Work(this.turns), () => !(found = true), { wanted: 1 });
    return found;
  }

  async findItems(plan: ItemPlan): Promise<UnwoundItem[]> {
    checkPaging(plan);
    return findItems(this.index, plan, this.turns);
  }

  async countItems(plan: SelectedItems, most?: number): Promise<number> {
    return countItems(this.index, plan, this.turns, most);
  }

  async distinct(field: string, plan: Selected): Promise<unknown[]> {
    refuseLarge([plan.filter], [[field, 1]]);
    const values: Fields[] = [];
    await this.index.scan(plan, new Work(this.turns), ({ document }) => {
      values.push({ [field]: document[field] });
    });
    return distinctValues(values, field).map(copy);
  }

  load(id: string, without: readonly string[] = []): Promise<StoredInstance | undefined> {
    return this.serial.run(id, async () => {
      const stored = await this.reader.get(id);
      if (stored === undefined) return undefined;
      const row = copyWithout(stored.document, []);
      const wanted = LARGE_FIELDS.filter((name) => !without.includes(name));
      return { ...row, ...(await readLarge(this.bytes, stored, wanted)) };
    });
  }

  /** Writes changes of one instance. @param now what is stored then; missing: it was removed */
  private async write(id: string, changes: readonly Change[], now?: Stored): Promise<void> {
    try {
      await this.bytes.write(changes);
    } catch (error) {
      this.reader.written(id, undefined);
      throw error;
    }
    this.reader.written(id, now);
  }

  async insert(document: StoredInstance): Promise<void> {
    const { id } = document;
    if (typeof id !== 'string' || id === '' || !id.isWellFormed())
      throw new TypeError('An instance needs an id');
    const began = ticks();
    const rest = pick(document, (name) => name !== '_id' && !isLarge(name));
    const bytes = encodedInstance(() =>
      encode({ _id: isObjectId(document._id) ? document._id : this.ids.next(), ...rest }),
    );
    const beside = { fields: bitsOf(document), log: NOTHING_BESIDE.log };
    const largeChanges = large(id, document);
    // From here on the document is not read any more: its holder may change it.
    await this.turns.giveWaySince(began);
    const { stored, changes } = replaced(undefined, decode<StoredInstance>(bytes), bytes, beside);
    const all = [...changes, ...largeChanges];
    await this.serial.run(id, async () => {
      if (await this.reader.has(id))
        throw new Conflict('conflict', 'An instance with this id already exists.');
      await this.write(id, all, stored);
    });
    this.ids.saw(stored.key);
  }

  async update(
    id: string,
    expectedRev: number | undefined,
    fields: Fields,
    log = NO_LINES,
  ): Promise<boolean> {
    assertOneLog(fields, log);
    const began = ticks();
    // A command changes nearly all fields, so they are encoded only once, for memory and disk.
    const changedBytes = encodedInstance(() => encode(withoutLarge(settable(fields))));
    const largeChanges = large(id, fields);
    const added = log.lines.length > 0 ? addToLog(logKey(id), expectedRev ?? 0, log) : undefined;
    const setsLog = Object.hasOwn(fields, 'logs');
    const largeFields = bitsOf(fields);
    // From here on the fields are not read any more: their holder may change them.
    await this.turns.giveWaySince(began);
    const changed = decode<Fields>(changedBytes);
    return this.serial.run(id, async () => {
      const before = await this.reader.get(id);
      if (before === undefined || revisionOf(before.document) !== expectedRev) return false;
      const kept = pick(before.document, (name) => !Object.hasOwn(changed, name));
      const document = { ...kept, ...changed } as StoredInstance;
      const parts = setsLog ? 0n : before.beside.log | (added?.bit ?? 0n);
      const beside: Beside = { fields: before.beside.fields | largeFields, log: parts };
      const { stored, changes } = replaced(before, document, join(encode(kept), changedBytes), beside);
      const ofLog = setsLog ? withoutParts(logKey(id), before.beside.log) : added ? [added.change] : [];
      await this.write(id, [...changes, ...largeChanges, ...ofLog], stored);
      return true;
    });
  }

  async remove(ids: readonly string[], filter: Filter): Promise<number> {
    refuseLarge([filter]);
    const match = compileMatch(filter, new Work(this.turns).spend);
    const removed = await Promise.all(
      [...new Set(ids)].map((id) => this.serial.run(id, () => this.removeOne(id, match))),
    );
    return removed.filter(Boolean).length;
  }

  private async removeOne(id: string, match: (document: unknown) => boolean): Promise<boolean> {
    const stored = await this.reader.get(id);
    if (stored === undefined || !match(stored.document)) return false;
    await this.write(id, removed(stored));
    return true;
  }

  async archive(documents: readonly StoredInstance[]): Promise<void> {
    await this.bytes.write(
      documents.map((document) => ({ space: 'archive', key: document.id, bytes: encode(document) })),
    );
  }
}

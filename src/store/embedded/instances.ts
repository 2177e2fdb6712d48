import { Conflict } from '../../core/errors.js';
import { assertOneLog, NO_LINES } from '../instance-log.js';
import { isLarge, LARGE_FIELDS, refuseLarge } from '../query/large-fields.js';
import { Work } from '../bson/budget.js';
import { compileMatch } from '../bson/match.js';
import { hexOf, isObjectId, type ObjectIds } from '../bson/object-id.js';
import type { Selected, SelectedItems } from '../plans.js';
import type { Filter, InstancePlan, InstanceStore, ItemPlan, StoredInstance, UnwoundItem } from '../port.js';
import { revisionOf, settable } from '../query/stored.js';
import { sortRows } from '../bson/sort-key.js';
import type { Bytes, Change } from './bytes.js';
import { copy, copyWithout, decode, encode, join } from '../bson/codec.js';
import { hot, large, largeKey, logKey } from './instance-bytes.js';
import { InstanceIndex } from './instance-index.js';
import { encodedInstance } from '../instance-size.js';
import { addToLog, readLog, withoutChunks } from './instance-log.js';
import { countItems, findItems } from './items.js';
import { checkPaging, distinctValues, end, sizesOf } from '../query/paging.js';
import { Budget, markCut } from '../query/budget.js';
import { Serial } from './serial.js';
import type { Turns } from '../turns.js';

type Fields = Readonly<Record<string, unknown>>;
const pick = (document: Fields, wanted: (name: string) => boolean): Fields =>
  Object.fromEntries(Object.entries(document).filter(([name]) => wanted(name)));

/** Number of instances whose large fields are read concurrently. */
const READ_AT_ONCE = 8;

/** Instances: in memory without their large fields, complete on disk. The disk is written before the memory. */
export class EmbeddedInstances implements InstanceStore {
  private readonly index = new InstanceIndex();
  private readonly serial = new Serial();

  constructor(
    private readonly bytes: Bytes,
    private readonly ids: ObjectIds,
    private readonly turns: Turns,
  ) {}

  /** Loads the stored instances. Call it once, before any other method. */
  async open(): Promise<void> {
    for await (const [, bytes] of this.bytes.scan('instance')) this.keep(decode<StoredInstance>(bytes));
  }

  private keep(document: StoredInstance): void {
    const key = hexOf(document._id);
    this.ids.saw(key);
    this.index.set(key, document);
  }

  async find(plan: InstancePlan): Promise<StoredInstance[]> {
    const { sort, skip = 0, without = [] } = plan;
    checkPaging(plan);
    refuseLarge([plan.filter], sort);
    const work = new Work(this.turns);
    const found: StoredInstance[] = [];
    await this.index.scan(
      plan,
      work,
      ({ document }) => found.push(document) < end(plan) || sort !== undefined,
      plan.after && { key: plan.after.id, included: false },
    );
    const sorted = sort === undefined ? found : await sortRows(found, sort, (row) => row, work);
    const chosen = sorted.slice(skip, end(plan));
    const wanted = LARGE_FIELDS.filter((name) => !without.includes(name));
    if (wanted.length > 0) return this.withLarge(chosen, wanted, plan);
    const size = sizesOf();
    return new Budget(plan.bytes).copied(
      chosen,
      (document) => size.instance(document),
      (document) => copyWithout(document, without),
      this.turns,
    );
  }

  /** Adds large fields to rows, a few at a time, and reads no more of them than the byte limit of the plan. */
  private async withLarge(
    documents: readonly StoredInstance[],
    wanted: readonly string[],
    plan: InstancePlan,
  ): Promise<StoredInstance[]> {
    const size = sizesOf();
    const budget = new Budget(plan.bytes);
    const rows: StoredInstance[] = [];
    for (let at = 0; at < documents.length && !budget.isSpent; at += READ_AT_ONCE) {
      const some = documents.slice(at, at + READ_AT_ONCE);
      for (const row of await Promise.all(some.map((document) => this.whole(document, wanted, plan)))) {
        if (row === undefined) continue;
        if (!budget.take(() => size.instance(row))) break;
        rows.push(row);
      }
      if (this.turns.isOver()) await this.turns.next();
    }
    return budget.isSpent ? markCut(rows) : rows;
  }

  /** A row with large fields; undefined if the instance has changed since and no longer matches the plan. */
  private whole(
    selected: StoredInstance,
    wanted: readonly string[],
    plan: InstancePlan,
  ): Promise<StoredInstance | undefined> {
    return this.serial.run(selected.id, async () => {
      const now = this.index.get(selected.id)?.document;
      if (now === undefined) return undefined;
      if (now !== selected && !this.index.admits(selected.id, plan)) return undefined;
      return { ...copyWithout(now, plan.without ?? []), ...(await this.readLarge(selected.id, wanted)) };
    });
  }

  private async readLarge(id: string, names: readonly string[]): Promise<Fields> {
    const plain = names.filter((name) => name !== 'logs');
    const [values, log] = await Promise.all([
      this.bytes.read(
        'large',
        plain.map((name) => largeKey(id, name)),
      ),
      names.includes('logs') ? readLog(this.bytes, logKey(id)) : undefined,
    ]);
    const found = plain.flatMap((name, i): [string, unknown][] =>
      values[i] === undefined ? [] : [[name, decode<{ value: unknown }>(values[i]).value]],
    );
    return Object.fromEntries(log === undefined ? found : [...found, ['logs', log]]);
  }

  async count(plan: Selected, most = Infinity): Promise<number> {
    refuseLarge([plan.filter]);
    let count = 0;
    if (most > 0) await this.index.scan(plan, new Work(this.turns), () => ++count < most);
    return count;
  }

  async exists(plan: Selected): Promise<boolean> {
    refuseLarge([plan.filter]);
    let found = false;
    await this.index.scan(plan, new Work(this.turns), () => !(found = true));
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
    const documents: StoredInstance[] = [];
    await this.index.scan(plan, new Work(this.turns), ({ document }) => void documents.push(document));
    return distinctValues(documents, field).map(copy);
  }

  load(id: string, without: readonly string[] = []): Promise<StoredInstance | undefined> {
    return this.serial.run(id, async () => {
      const document = this.index.get(id)?.document;
      if (document === undefined) return undefined;
      const row = copyWithout(document, []);
      const wanted = LARGE_FIELDS.filter((name) => !without.includes(name));
      return { ...row, ...(await this.readLarge(id, wanted)) };
    });
  }

  async insert(document: StoredInstance): Promise<void> {
    const { id } = document;
    if (typeof id !== 'string' || id === '') throw new TypeError('An instance needs an id');
    const rest = pick(document, (name) => name !== '_id' && !isLarge(name));
    const bytes = encodedInstance(() =>
      encode({ _id: isObjectId(document._id) ? document._id : this.ids.next(), ...rest }),
    );
    const stored = decode<StoredInstance>(bytes);
    const changes = [hot(id, bytes), ...large(id, document)];
    await this.serial.run(id, async () => {
      if (this.index.get(id) !== undefined)
        throw new Conflict('conflict', 'An instance with this id exists.');
      await this.bytes.write(changes);
      this.keep(stored);
    });
  }

  async update(
    id: string,
    expectedRev: number | undefined,
    fields: Fields,
    log = NO_LINES,
  ): Promise<boolean> {
    assertOneLog(fields, log);
    // A command changes nearly all fields, so they are encoded only once, for memory and disk.
    const changedBytes = encodedInstance(() => encode(pick(settable(fields), (name) => !isLarge(name))));
    const changed = decode<Fields>(changedBytes);
    const largeChanges = [
      ...large(id, fields),
      ...(Object.hasOwn(fields, 'logs') ? withoutChunks(logKey(id)) : []),
      ...(log.lines.length > 0 ? [addToLog(logKey(id), expectedRev ?? 0, log)] : []),
    ];
    return this.serial.run(id, async () => {
      const entry = this.index.get(id);
      if (entry === undefined || revisionOf(entry.document) !== expectedRev) return false;
      const kept = pick(entry.document, (name) => !Object.hasOwn(changed, name));
      const document = { ...kept, ...changed } as StoredInstance;
      await this.bytes.write([hot(id, join(encode(kept), changedBytes)), ...largeChanges]);
      this.index.set(entry.key, document);
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
    const entry = this.index.get(id);
    if (entry === undefined || !match(entry.document)) return false;
    await this.bytes.write([
      { space: 'instance', key: id },
      ...LARGE_FIELDS.map((name): Change => ({ space: 'large', key: largeKey(id, name) })),
      ...withoutChunks(logKey(id)),
    ]);
    this.index.delete(entry);
    return true;
  }

  async archive(documents: readonly StoredInstance[]): Promise<void> {
    await this.bytes.write(
      documents.map((document) => ({ space: 'archive', key: document.id, bytes: encode(document) })),
    );
  }
}

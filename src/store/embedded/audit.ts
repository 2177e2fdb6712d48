import type { AuditEntry, AuditStore } from '../port.js';
import type { Bytes } from './bytes.js';
import { decode, encode } from '../bson/codec.js';
import type { ObjectIds } from '../bson/object-id.js';
import { Work } from '../bson/budget.js';
import type { Turns } from '../turns.js';
import { timePlace } from './time-place.js';

/** Steps for reading an entry, and bytes of it per further step. */
const READING = 4;
const BYTES_PER_STEP = 64;

/** The audit trail, only on disk, sorted by time. */
export class EmbeddedAudit implements AuditStore {
  constructor(
    private readonly bytes: Bytes,
    private readonly ids: ObjectIds,
    private readonly turns: Turns,
  ) {}

  async append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.bytes.write(
      entries.map((entry) => ({
        space: 'audit',
        key: timePlace(entry.time) + this.ids.next().toHexString(),
        bytes: encode(entry),
      })),
    );
  }

  /** @throws BadInput `too-expensive` when it would look at too many entries: a time bounds them */
  async find({
    since,
    until,
    userName,
    answer,
    limit,
    tenantId,
  }: Parameters<AuditStore['find']>[0]): Promise<AuditEntry[]> {
    const found: AuditEntry[] = [];
    const range = { reverse: true, from: since && timePlace(since), below: until && timePlace(until) };
    if (limit <= 0) return found;
    const work = new Work(this.turns);
    for await (const [, bytes] of this.bytes.scan('audit', range)) {
      work.spend(READING + Math.ceil(bytes.length / BYTES_PER_STEP));
      if (work.isOver()) await work.next();
      const entry = decode<AuditEntry>(bytes);
      if (userName !== undefined && entry.userName !== userName) continue;
      if (answer !== undefined && entry.answer !== answer) continue;
      if (tenantId !== undefined && (entry.tenantId ?? null) !== tenantId) continue;
      found.push(entry);
      if (found.length >= limit) break;
    }
    return found;
  }
}

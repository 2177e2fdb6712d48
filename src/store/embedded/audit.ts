import type { AuditEntry, AuditStore } from '../port.js';
import type { Bytes } from './bytes.js';
import { decode, encode } from '../bson/codec.js';
import type { ObjectIds } from '../bson/object-id.js';
import { timePlace } from './time-place.js';

/** The audit trail, only on disk, sorted by time. */
export class EmbeddedAudit implements AuditStore {
  constructor(
    private readonly bytes: Bytes,
    private readonly ids: ObjectIds,
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
    for await (const [, bytes] of this.bytes.scan('audit', range)) {
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

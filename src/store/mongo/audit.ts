import type { Collection, Document } from 'mongodb';
import { normalise } from '../bson/codec.js';
import type { AuditEntry, AuditStore } from '../port.js';

/** The audit trail, in its own collection. */
export class MongoAudit implements AuditStore {
  constructor(private readonly audit: Collection<Document>) {}

  async append(entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length > 0) await this.audit.insertMany(entries.map((entry) => normalise<Document>(entry)));
  }

  async find({
    since,
    until,
    userName,
    answer,
    limit,
    tenantId,
  }: Parameters<AuditStore['find']>[0]): Promise<AuditEntry[]> {
    if (limit <= 0) return [];
    const time = { ...(since && { $gte: since }), ...(until && { $lt: until }) };
    const where: Document = {
      ...(Object.keys(time).length > 0 && { time }),
      ...(userName !== undefined && { userName }),
      ...(answer !== undefined && { answer }),
      ...(tenantId !== undefined && { tenantId }),
    };
    return (await this.audit
      .find(where, { projection: { _id: 0 }, sort: { time: -1, _id: -1 }, limit })
      .toArray()) as unknown as AuditEntry[];
  }
}

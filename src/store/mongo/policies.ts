import type { Collection, Document } from 'mongodb';
import { normalise } from '../bson/codec.js';
import type { PolicyChange, PolicySnapshot, PolicyStore, PolicyVersion } from '../policy-documents.js';
import { changesOfPart, storedPart } from '../policy-parts.js';
import type { Collections } from './collections.js';
import { inserted } from './insert.js';

type Parts = readonly (readonly PolicyChange[])[];

/** All names form the `_id`, so that it is unique even without an index. */
const idOf = (...names: readonly (string | number | null)[]): never => JSON.stringify(names) as never;

const NEWEST = { version: -1 } as const;
const WITHOUT_ID = { _id: 0 } as const;

/** The log of the policy sets: the parts are inserted first; inserting the version that names them is the commit. */
export class MongoPolicies implements PolicyStore {
  private readonly log: Collection<Document>;
  private readonly parts: Collection<Document>;
  private readonly snapshots: Collection<Document>;

  constructor({ policies, policyParts, policySnapshots }: Collections) {
    this.log = policies;
    this.parts = policyParts;
    this.snapshots = policySnapshots;
  }

  async head(tenantId: string | null): Promise<number> {
    const found = await this.log.findOne(
      { tenantId },
      { sort: NEWEST, projection: { _id: 0, tenantId: 1, version: 1 } },
    );
    return (found?.version as number | undefined) ?? 0;
  }

  async versions(
    tenantId: string | null,
    { after = 0, upTo, newestFirst = false, limit }: Parameters<PolicyStore['versions']>[1],
  ): Promise<PolicyVersion[]> {
    if (limit <= 0) return [];
    const version = { $gt: after, ...(upTo !== undefined && { $lte: upTo }) };
    const found = this.log.find(
      { tenantId, version },
      { sort: { version: newestFirst ? -1 : 1 }, limit, projection: WITHOUT_ID },
    );
    return (await found.toArray()) as unknown as PolicyVersion[];
  }

  async part(id: string, index: number): Promise<readonly PolicyChange[] | undefined> {
    const found = await this.parts.findOne({ _id: idOf(id, index) });
    return found === null ? undefined : changesOfPart(found);
  }

  async append(version: PolicyVersion, parts: Parts): Promise<boolean> {
    const stored: Document = normalise(version);
    const id = version.parts?.id;
    await this.insertParts(id, parts);
    if (await inserted(this.log, { ...stored, _id: idOf(version.tenantId, version.version) })) return true;
    await this.removeParts(id, parts);
    return false;
  }

  async snapshot(tenantId: string | null, upTo: number): Promise<PolicySnapshot | undefined> {
    const found = await this.snapshots.findOne(
      { tenantId, version: { $lte: upTo } },
      { sort: NEWEST, projection: WITHOUT_ID },
    );
    return (found ?? undefined) as PolicySnapshot | undefined;
  }

  async addSnapshot(snapshot: PolicySnapshot, parts: Parts): Promise<void> {
    const stored: Document = normalise(snapshot);
    await this.insertParts(snapshot.parts.id, parts);
    if (!(await inserted(this.snapshots, { ...stored, _id: idOf(snapshot.tenantId, snapshot.version) })))
      await this.removeParts(snapshot.parts.id, parts);
  }

  private async insertParts(id: string | undefined, parts: Parts): Promise<void> {
    if (id === undefined) return;
    for (const [index, changes] of parts.entries())
      await this.parts.insertOne(normalise({ _id: idOf(id, index), ...storedPart(changes) }));
  }

  private async removeParts(id: string | undefined, parts: Parts): Promise<void> {
    if (id === undefined) return;
    await this.parts.deleteMany({ _id: { $in: [...parts.keys()].map((index) => idOf(id, index)) } });
  }
}

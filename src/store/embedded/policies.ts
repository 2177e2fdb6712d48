import { decode, encode } from '../bson/codec.js';
import type { PolicyChange, PolicySnapshot, PolicyStore, PolicyVersion } from '../policy-documents.js';
import { changesOfPart, storedPart } from '../policy-parts.js';
import { Turns } from '../turns.js';
import type { Bytes, Change } from './bytes.js';
import { Serial } from './serial.js';

const SPACE = 'policy';
/** Maximum number of tenants whose newest version is kept in memory. */
const MOST_HEADS = 10_000;
/** Numbers as strings that sort numerically. */
const place = (number: number): string => String(number).padStart(16, '0');

/** Key prefix of a tenant's versions (`v`) or snapshots (`s`); quoted, so that no prefix is part of another. */
const folderOf = (tenantId: string | null, what: 'v' | 's'): string => `${JSON.stringify(tenantId)}/${what}/`;
/** The key of a version (`v`) or snapshot (`s`). */
export const versionAt = (tenantId: string | null, what: 'v' | 's', version: number): string =>
  folderOf(tenantId, what) + place(version);
/** The key of a part. */
export const partAt = (id: string, index: number): string => `part/${id}/${place(index)}`;

type Parts = readonly (readonly PolicyChange[])[];

/** The log of the policy sets, on disk; the newest versions of the requested tenants are in memory. */
export class EmbeddedPolicies implements PolicyStore {
  private readonly heads = new Map<string | null, number>();
  private readonly serial = new Serial();
  private readonly turns = new Turns();

  constructor(private readonly bytes: Bytes) {}

  async head(tenantId: string | null): Promise<number> {
    const known = this.heads.get(tenantId);
    if (known !== undefined) return known;
    return this.exclusive(tenantId, () => this.readHead(tenantId));
  }

  private async readHead(tenantId: string | null): Promise<number> {
    const [newest] = await this.range<PolicyVersion>(folderOf(tenantId, 'v'), 0, undefined, true, 1);
    const head = newest?.version ?? 0;
    if (this.heads.size >= MOST_HEADS) this.heads.clear();
    this.heads.set(tenantId, head);
    return head;
  }

  /** Runs a task that no other change of the tenant's log overlaps. */
  private exclusive<T>(tenantId: string | null, task: () => Promise<T>): Promise<T> {
    return this.serial.run(JSON.stringify(tenantId), task);
  }

  private async range<T>(
    folder: string,
    after: number,
    upTo: number | undefined,
    reverse: boolean,
    limit: number,
  ): Promise<T[]> {
    const found: T[] = [];
    if (limit <= 0) return found;
    const from = folder + place(after + 1);
    // `0` is the next character after the slash.
    const below = upTo === undefined ? `${folder.slice(0, -1)}0` : folder + place(upTo + 1);
    if (from >= below) return found;
    for await (const [, bytes] of this.bytes.scan(SPACE, { reverse, from, below })) {
      found.push(decode<T & object>(bytes));
      if (found.length >= limit) break;
    }
    return found;
  }

  versions(
    tenantId: string | null,
    { after = 0, upTo, newestFirst = false, limit }: Parameters<PolicyStore['versions']>[1],
  ): Promise<PolicyVersion[]> {
    return this.range(folderOf(tenantId, 'v'), after, upTo, newestFirst, limit);
  }

  async part(id: string, index: number): Promise<readonly PolicyChange[] | undefined> {
    const [bytes] = await this.bytes.read(SPACE, [partAt(id, index)]);
    return bytes === undefined ? undefined : changesOfPart(decode(bytes));
  }

  /** What is stored of parts. Others run between one and the next. */
  private changesOf(id: string, parts: Parts): Promise<Change[]> {
    return this.turns.map([...parts.entries()], ([index, changes]) => ({
      space: SPACE,
      key: partAt(id, index),
      bytes: encode(storedPart(changes)),
    }));
  }

  async append(version: PolicyVersion, parts: Parts): Promise<boolean> {
    const { tenantId } = version;
    const stored: Change = {
      space: SPACE,
      key: versionAt(tenantId, 'v', version.version),
      bytes: encode(version),
    };
    const all = [...(await this.changesOf(version.parts?.id ?? '', parts)), stored];
    return this.exclusive(tenantId, async () => {
      if ((await this.readHead(tenantId)) >= version.version) return false;
      // A write that fails may have been made, so nothing is known until the head is read again.
      this.heads.delete(tenantId);
      await this.bytes.write(all);
      this.heads.set(tenantId, version.version);
      return true;
    });
  }

  async snapshot(tenantId: string | null, upTo: number): Promise<PolicySnapshot | undefined> {
    return (await this.range<PolicySnapshot>(folderOf(tenantId, 's'), 0, upTo, true, 1))[0];
  }

  async addSnapshot(snapshot: PolicySnapshot, parts: Parts): Promise<void> {
    const { tenantId, version } = snapshot;
    const key = versionAt(tenantId, 's', version);
    const all = [
      ...(await this.changesOf(snapshot.parts.id, parts)),
      { space: SPACE, key, bytes: encode(snapshot) } as const,
    ];
    return this.exclusive(tenantId, async () => {
      const [known] = await this.bytes.read(SPACE, [key]);
      if (known === undefined) await this.bytes.write(all);
    });
  }
}

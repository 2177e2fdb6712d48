import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from '../../core/errors.js';
import { decodeExactly } from '../bson/codec.js';
import type { Entry, Fields, Source } from '../contents/contents.js';
import { DATA_MARKED, REINDEXED } from '../contents/markers.js';
import { PARTS, type Part } from '../contents/parts.js';
import { COLLECTION_NAMES, type CollectionNames } from './collections.js';

const EXTENSION = '.bson';
/** Maximum size of a document in the database, with some room for its own fields. */
const LARGEST = 17 * 1024 * 1024;

const bad = (message: string, cause?: unknown): BadInput =>
  new BadInput('bad-configuration', message, cause === undefined ? {} : { cause });

const damaged = (file: string, how = '', cause?: unknown): BadInput =>
  bad(`The backup is damaged: ${path.basename(file)}${how}.`, cause);

/** The documents of a file, as bytes, one after the other. @throws BadInput when the file is truncated */
async function* documentsOf(file: string): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 4) {
      const size = pending.readInt32LE(0);
      if (size < 5 || size > LARGEST) throw damaged(file);
      if (pending.length < size) break;
      yield pending.subarray(0, size);
      pending = pending.subarray(size);
    }
  }
  if (pending.length > 0) throw damaged(file, ' ends within a document');
}

/** The files of a backup, by collection. @throws BadInput when it is not a backup */
async function filesOf(
  source: string,
  names: CollectionNames,
): Promise<ReadonlyMap<keyof CollectionNames, string>> {
  const files = (await readdir(source)).filter((file) => file.endsWith(EXTENSION));
  const known = Object.entries(names).map(
    ([of, name]) => [of as keyof CollectionNames, `${encodeURIComponent(name)}${EXTENSION}`] as const,
  );
  const strange = files.find((file) => !known.some(([, name]) => name === file));
  if (strange !== undefined) throw bad(`The backup contains a file of an unknown collection: ${strange}.`);
  const found = known.filter(([, file]) => files.includes(file));
  if (!found.some(([of]) => of === 'instances')) throw bad('The folder contains no backup.');
  return new Map(found.map(([of, file]) => [of, path.join(source, file)] as const));
}

/** Parts of which some documents are left out. */
const FILTERED: ReadonlySet<Part> = new Set<Part>(['policySnapshots', 'values']);

/** The newest version of the policies of each tenant. */
async function headsOf(file: string | undefined): Promise<ReadonlyMap<string, number>> {
  const heads = new Map<string, number>();
  if (file === undefined) return heads;
  for await (const bytes of documentsOf(file)) {
    const { tenantId, version } = decoded(file, bytes);
    const tenant = JSON.stringify(tenantId);
    heads.set(tenant, Math.max(Number(version), heads.get(tenant) ?? 0));
  }
  return heads;
}

/** A backup of a database, as `backup` or mongodump writes it: a file for each collection. */
export class Dump implements Source {
  private constructor(
    private readonly byPart: ReadonlyMap<keyof CollectionNames, string>,
    private readonly counts: Map<Part, number>,
    private readonly heads: ReadonlyMap<string, number>,
  ) {}

  /**
   * Reads all files once: half of a backup would look like a complete one.
   * @param names of the collections, if they are not the standard ones
   * @throws BadInput `bad-configuration` when it is not a backup, or is damaged
   */
  static async open(folder: string, names: Partial<CollectionNames> = {}): Promise<Dump> {
    const byPart = await filesOf(folder, { ...COLLECTION_NAMES, ...names });
    const counts = new Map<Part, number>();
    const dump = new Dump(byPart, counts, await headsOf(byPart.get('policies')));
    for (const part of PARTS) {
      const file = byPart.get(part);
      if (file === undefined) continue;
      let count = 0;
      for await (const _entry of FILTERED.has(part) ? dump.read(part) : documentsOf(file)) count++;
      counts.set(part, count);
    }
    return dump;
  }

  get files(): number {
    return this.byPart.size;
  }

  count(part: Part): Promise<number> {
    return Promise.resolve(this.counts.get(part) ?? 0);
  }

  async *read(part: Part, skip = 0): AsyncGenerator<Entry> {
    const file = this.byPart.get(part);
    if (file === undefined) return;
    let at = 0;
    for await (const bytes of documentsOf(file)) {
      const document = decoded(file, bytes);
      if (this.isOfOneTime(part, document) && at++ >= skip) yield { document, size: bytes.length };
    }
  }

  /**
   * The files are of several times if the store was in use: a snapshot may be of a version that its log lacks, where
   * another one will have that number; a marker may say of instances what holds only for later ones.
   */
  private isOfOneTime(part: Part, { tenantId, version, namespace, key }: Fields): boolean {
    if (part === 'policySnapshots') return Number(version) <= (this.heads.get(JSON.stringify(tenantId)) ?? 0);
    const isMarker = [REINDEXED, DATA_MARKED].some((one) => namespace === one.namespace && key === one.key);
    return part !== 'values' || !isMarker;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function decoded(file: string, bytes: Buffer): Fields {
  try {
    return decodeExactly<Fields>(Buffer.from(bytes));
  } catch (cause) {
    throw damaged(file, ' contains what is no document', cause);
  }
}

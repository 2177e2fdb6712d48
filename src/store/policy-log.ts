import { randomUUID } from 'node:crypto';
import { CouldNotTell } from '../core/errors.js';
import type { InSteps } from '../core/in-steps.js';
import { PolicySet, type PolicyChange } from '../core/policy-set/policy-set.js';
import { sizeOf } from './bson/codec.js';
import type { PolicyParts, PolicyStore, PolicyVersion } from './policy-documents.js';
import { Turns } from './turns.js';

/** Bytes of changes per separate document. */
const PART = 900_000;
/** Bytes of changes that are stored in the version itself. */
const INSIDE = 64_000;
/** Versions per read. */
const PAGE = 200;

const damaged = (what: string): CouldNotTell =>
  new CouldNotTell('store-damaged', `The log of the policies is not complete: ${what}.`);

/** Splits the changes into pieces that fit into one document each. */
function* inParts(changes: Iterable<PolicyChange>, most: number): InSteps<PolicyChange[][]> {
  const parts: PolicyChange[][] = [];
  let room = 0;
  for (const change of changes) {
    const size = sizeOf(change);
    if (parts.length === 0 || size > room) {
      parts.push([]);
      room = most;
    }
    (parts.at(-1) as PolicyChange[]).push(change);
    room -= size;
    yield;
  }
  return parts;
}

/** A version without its changes. */
export type VersionFacts = Pick<
  PolicyVersion,
  'tenantId' | 'version' | 'time' | 'userName' | 'reason' | 'source'
>;

/** A set, and the number of log entries replayed to build it. */
export interface Replayed {
  readonly set: PolicySet;
  readonly replayed: number;
}

/** Reads and writes policy sets through the log of a store. */
export class PolicyLog {
  /** @param turns where there is much to write, others run in between */
  constructor(
    private readonly store: PolicyStore,
    private readonly turns = new Turns(),
  ) {}

  head(tenantId: string | null): Promise<number> {
    return this.store.head(tenantId);
  }

  /**
   * Returns the set at a version that the log contains.
   * @throws CouldNotTell `store-damaged` when a part of it is missing
   */
  async load(tenantId: string | null, version: number): Promise<Replayed> {
    if (version === 0) return { set: PolicySet.EMPTY, replayed: 0 };
    const snapshot = await this.store.snapshot(tenantId, version);
    if (snapshot === undefined) return this.advance(tenantId, PolicySet.EMPTY, version);
    const draft = PolicySet.EMPTY.changing();
    for await (const changes of this.changesIn(snapshot.parts)) draft.add(changes);
    return this.advance(tenantId, draft.at(snapshot.version), version);
  }

  /**
   * Returns the set at a later version.
   * @throws CouldNotTell `store-damaged`
   */
  async advance(tenantId: string | null, from: PolicySet, version: number): Promise<Replayed> {
    if (from.version >= version) return { set: from, replayed: 0 };
    const draft = from.changing();
    let [after, replayed] = [from.version, 0];
    while (after < version) {
      const page = await this.store.versions(tenantId, { after, upTo: version, limit: PAGE });
      for (const found of page) {
        if (found.version !== after + 1) throw damaged(`version ${after + 1} is missing`);
        for await (const changes of this.changesOf(found)) {
          draft.add(changes);
          replayed += changes.length;
        }
        after = found.version;
      }
      if (page.length === 0) throw damaged(`version ${after + 1} is missing`);
    }
    return { set: draft.at(after), replayed };
  }

  /** The changes of a version, part by part. @throws CouldNotTell `store-damaged` */
  private async *changesOf({
    changes,
    parts,
    version,
  }: PolicyVersion): AsyncIterable<readonly PolicyChange[]> {
    if (changes !== undefined) yield changes;
    else if (parts === undefined) throw damaged(`version ${version} has no changes`);
    else yield* this.changesIn(parts);
  }

  /**
   * Appends a version. False: the log already has one with that number.
   * @param facts.version the head that was read, plus one
   */
  async append(facts: VersionFacts, changes: readonly PolicyChange[]): Promise<boolean> {
    const count = changes.length;
    const { reason, ...known } = facts;
    const stated = { ...known, ...(reason !== undefined && { reason }), count };
    if (sizeOf({ changes }) <= INSIDE) return this.store.append({ ...stated, changes }, []);
    const parts = await this.turns.finish(inParts(changes, PART));
    return this.store.append({ ...stated, parts: { id: randomUUID(), count: parts.length } }, parts);
  }

  /** Stores a snapshot of the whole set, from which later reads start. */
  async addSnapshot(tenantId: string | null, set: PolicySet): Promise<void> {
    const parts = await this.turns.finish(inParts(set.changes(), PART));
    const named = { id: randomUUID(), count: parts.length };
    return this.store.addSnapshot({ tenantId, version: set.version, parts: named }, parts);
  }

  /** The parts, one after the other; others run in between. */
  private async *changesIn({ id, count }: PolicyParts): AsyncIterable<readonly PolicyChange[]> {
    for (let index = 0; index < count; index++) {
      const part = await this.store.part(id, index);
      if (part === undefined) throw damaged(`part ${index} of ${count} is missing`);
      yield part;
      if (this.turns.isOver()) await this.turns.next();
    }
  }
}

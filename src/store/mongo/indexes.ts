import type { Collection, CreateIndexesOptions, Document, IndexDescription } from 'mongodb';
import { BadInput } from '../../core/errors.js';
import type { CallLimits } from '../call-limits.js';
import type { Collections } from './collections.js';
import { isDuplicate, withoutPlaces } from './failure.js';

type Key = Readonly<Record<string, 1 | -1>>;

interface Wanted {
  readonly on: keyof Collections;
  readonly key: Key;
  readonly unique?: true;
  readonly sparse?: true;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: Document;
}

/** The host's own indexes first, then those of this package. Locks only work with the unique ones. */
const INDEXES: readonly Wanted[] = [
  { on: 'instances', key: { id: 1 }, unique: true },
  { on: 'instances', key: { 'items.id': 1 } },
  { on: 'locks', key: { id: 1 }, unique: true },
  { on: 'models', key: { name: 1, owner: 1 }, unique: true },
  { on: 'instances', key: { 'guard.open': 1, _id: -1 } },
  { on: 'instances', key: { 'guard.read': 1, _id: -1 } },
  { on: 'instances', key: { 'guard.unfinished': 1 }, sparse: true },
  // Due timers: of running instances only, because those of ended instances never fire.
  { on: 'instances', key: { 'items.timeDue': 1 }, partialFilterExpression: { status: 'running' } },
  // The processes that an instance has called.
  { on: 'instances', key: { parentItemId: 1 }, sparse: true },
  { on: 'audit', key: { time: -1, _id: -1 } },
  { on: 'audit', key: { userName: 1, time: -1, _id: -1 } },
  { on: 'audit', key: { tenantId: 1, time: -1, _id: -1 } },
  { on: 'policies', key: { tenantId: 1, version: -1 } },
  { on: 'policySnapshots', key: { tenantId: 1, version: -1 } },
  { on: 'values', key: { namespace: 1 } },
  { on: 'values', key: { expires: 1 }, expireAfterSeconds: 0 },
];

const NO_SUCH_COLLECTION = 26;
/** No time limit for the connection, which otherwise closes while the index is built. */
const NO_LIMIT = { socketTimeoutMS: 0 } as CreateIndexesOptions;

const nameOf = (key: Key): string => Object.entries(key).flat().join('_');
const isSame = (found: Document, { key, unique }: Wanted): boolean =>
  JSON.stringify(Object.entries(found.key as Key)) === JSON.stringify(Object.entries(key)) &&
  (unique !== true || found.unique === true);

async function indexesOf(collection: Collection<Document>): Promise<Document[]> {
  try {
    return await collection.indexes();
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_SUCH_COLLECTION) return [];
    throw error;
  }
}

/** An index with the same key or name exists with other options (85, 86). */
const IN_THE_WAY: ReadonlySet<unknown> = new Set([85, 86]);

/** Translates an error about existing data or indexes: it does not go away by waiting. */
function refused(error: unknown, name: string): unknown {
  const cause = withoutPlaces(error);
  if (isDuplicate(error))
    return new BadInput(
      'bad-configuration',
      `The unique index ${name} cannot be created: several documents have the same values.`,
      { cause },
    );
  if (IN_THE_WAY.has((error as { code?: unknown } | null)?.code))
    return new BadInput(
      'bad-configuration',
      `The index ${name} cannot be created: an index with other options exists in its place; drop it first.`,
      { cause },
    );
  return error;
}

/**
 * Creates the missing indexes. Building one may take longer than the limit of a query.
 * @throws BadInput `bad-configuration`, naming the index that cannot be created
 */
export async function createIndexes(
  collections: Collections,
  limits: CallLimits,
  ping: () => Promise<unknown>,
): Promise<void> {
  for (const { on, ...wanted } of INDEXES) {
    const found = await limits.call(() => indexesOf(collections[on]));
    if (found.some((index) => isSame(index, { on, ...wanted }))) continue;
    const place = `${collections[on].collectionName}.${nameOf(wanted.key)}`;
    await limits
      .whileAnswering(ping, () => collections[on].createIndexes([wanted as IndexDescription], NO_LIMIT))
      .catch((error: unknown) => {
        throw refused(error, place);
      });
  }
}

/** The missing indexes, as `collection.name`. Each collection is asked once, all at the same time. */
export async function missingIndexes(collections: Collections): Promise<string[]> {
  const found = new Map<string, Promise<Document[]>>();
  for (const { on } of INDEXES) if (!found.has(on)) found.set(on, indexesOf(collections[on]));
  await Promise.all(found.values());
  const missing: string[] = [];
  for (const wanted of INDEXES)
    if (!(await found.get(wanted.on))?.some((index) => isSame(index, wanted)))
      missing.push(`${collections[wanted.on].collectionName}.${nameOf(wanted.key)}`);
  return missing;
}

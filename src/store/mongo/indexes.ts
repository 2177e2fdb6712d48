import type { Collection, CreateIndexesOptions, Document, IndexDescription } from 'mongodb';
import { BadInput } from '../../core/errors.js';
import type { CallLimits } from '../call-limits.js';
import type { Collections } from './collections.js';
import { isDuplicate, withoutPlaces } from './failure.js';
import { INDEXES, type Index, type Key } from './index-list.js';
import { SHAPES } from './shapes.js';

const NAMED: ReadonlySet<string> = new Set(SHAPES.map(({ index }) => index));
/** The indexes that the queries of this store need. */
const WANTED: readonly Index[] = Object.entries(INDEXES)
  .filter(([name]) => NAMED.has(name))
  .map(([, index]) => index);

const NO_SUCH_COLLECTION = 26;
/** No time limit for the connection, which otherwise closes while the index is built. */
const NO_LIMIT = { socketTimeoutMS: 0 } as CreateIndexesOptions;

const nameOf = (key: Key): string => Object.entries(key).flat().join('_');
const isSame = (found: Document, { key, unique }: Index): boolean =>
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
  for (const { on, ...wanted } of WANTED) {
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
  for (const { on } of WANTED) if (!found.has(on)) found.set(on, indexesOf(collections[on]));
  await Promise.all(found.values());
  const missing: string[] = [];
  for (const wanted of WANTED)
    if (!(await found.get(wanted.on))?.some((index) => isSame(index, wanted)))
      missing.push(`${collections[wanted.on].collectionName}.${nameOf(wanted.key)}`);
  return missing;
}

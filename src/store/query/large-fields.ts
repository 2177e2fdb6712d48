import { isDocument } from '../bson/kind.js';
import type { Filter, Sort } from '../port.js';
import { pick } from './stored.js';

/** The document of a model and its picture, in the model and in its instances. */
export const DOCUMENT_FIELDS: readonly string[] = Object.freeze(['source', 'svg']);
/** What an instance keeps of its run: log lines and save points. */
export const RUN_FIELDS: readonly string[] = Object.freeze(['logs', 'savePoints']);
/**
 * Top-level fields of an instance that are large and never queried: lists omit them, and filters cannot
 * name them.
 */
export const LARGE_FIELDS: readonly string[] = Object.freeze([...DOCUMENT_FIELDS, ...RUN_FIELDS]);
/** The fields of a model that are not needed where only its name and owner are. */
export const MODEL_DETAILS: readonly string[] = Object.freeze([
  ...DOCUMENT_FIELDS,
  'processes',
  'events',
  'guard',
]);
/** Fields that lists of instances omit. */
export const UNLISTED: readonly string[] = Object.freeze([...LARGE_FIELDS, 'loops']);
/** Fields that are not read where only the guard's part of instances is looked at. */
export const BESIDE_GUARD: readonly string[] = Object.freeze([...UNLISTED, 'items', 'tokens', 'data']);
/** Fields of the instance that item rows omit. */
export const NOT_WITH_ITEMS: readonly string[] = Object.freeze([...LARGE_FIELDS, 'loops', 'all']);

const LARGE: ReadonlySet<string> = new Set(LARGE_FIELDS);

/** True when the path leads into a large field. */
export const isLarge = (path: string): boolean => LARGE.has(path.split('.', 1)[0] as string);

type Fields = Readonly<Record<string, unknown>>;

export const withoutLarge = (fields: Fields): Fields => pick(fields, (name) => !isLarge(name));
export const onlyLarge = (fields: Fields): Fields => pick(fields, isLarge);

function namesLarge(filter: Filter): string | undefined {
  for (const [name, operand] of Object.entries(filter)) {
    if (isLarge(name)) return name;
    const parts = Array.isArray(operand) && name.startsWith('$') ? operand.filter(isDocument) : [];
    for (const part of parts) {
      const found = namesLarge(part);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * Refuses a plan that uses fields which not every adapter can query, because its answer would be wrong.
 * @throws TypeError naming the field
 */
export function refuseLarge(filters: readonly Filter[], sort: Sort = []): void {
  const name =
    filters.map(namesLarge).find((found) => found !== undefined) ??
    sort.map(([field]) => field).find(isLarge);
  if (name !== undefined) throw new TypeError(`Field ${name} cannot be filtered or sorted by`);
}

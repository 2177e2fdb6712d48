import type { Cursor } from '../plans.js';
import { isCut } from './budget.js';

const NEXT = Symbol('next');

/** What a walk adds to the plan of a page. */
interface WalkedPage {
  readonly unordered: true;
  readonly limit: number;
  readonly after: Cursor | undefined;
}

/** Where a walk continues after these rows. */
export function markNext<Row>(rows: Row[], next: Cursor): Row[] {
  return Object.defineProperty(rows, NEXT, { value: next });
}

const isMarked = (rows: readonly unknown[]): rows is { readonly [NEXT]: Cursor } & unknown[] => NEXT in rows;

/**
 * All rows of a list, page by page; each page is a query with its own limits. What is stored or
 * changed meanwhile may be missing.
 * @param limit rows of a page
 * @param find finds a page in any order
 * @param cursorOf the place of a row in the default order, which a store may use anyway
 * @param from the place of a row behind which it begins; missing: at the first row
 */
export async function* walk<Row>(
  limit: number,
  find: (page: WalkedPage) => Promise<Row[]>,
  cursorOf: (row: Row) => Cursor,
  from?: Cursor,
): AsyncGenerator<Row[]> {
  for (let after = from; ;) {
    const rows: Row[] = await find({ unordered: true, limit, after });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    if (rows.length < limit && !isCut(rows)) return;
    after = isMarked(rows) ? rows[NEXT] : cursorOf(last);
  }
}

/** The place of an instance in the default order. */
export const placeOfInstance = ({ _id }: { readonly _id?: unknown }): Cursor => ({ id: String(_id) });

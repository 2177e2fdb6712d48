import type { Cursor, Paging } from '../port.js';
import type { Bound } from './sorted.js';

/** Where a walk begins that goes on after a cursor. */
export const boundOf = (after: Cursor | undefined, included: boolean): Bound | undefined => (after === undefined ? undefined : { key: after.id, included });

/** How many rows are looked for, those that are skipped included. */
export const end = ({ skip = 0, limit = Infinity }: Paging): number => skip + limit;

/** @throws TypeError when a page is to begin after a cursor in another than the default order */
export function checkPaging({ sort, after }: Paging): void {
  if (sort !== undefined && after !== undefined) throw new TypeError('A cursor needs the default order');
}

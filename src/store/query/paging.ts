import type { Paging } from '../port.js';

/** How many rows are looked for, those that are skipped included. */
export const end = ({ skip = 0, limit = Infinity }: Paging): number => skip + limit;

/** @throws TypeError when a page is to begin after a cursor in another than the default order, or the cursor is none */
export function checkPaging({ sort, after }: Paging): void {
  if (after === undefined) return;
  if (sort !== undefined) throw new TypeError('A cursor needs the default order');
  if (!/^[0-9a-f]{24}$/.test(after.id))
    throw new TypeError('A cursor names an instance by 24 hexadecimal digits');
}

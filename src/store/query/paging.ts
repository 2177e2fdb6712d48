import type { Paging } from '../port.js';

/** The number of rows to find, including skipped ones. */
export const end = ({ skip = 0, limit = Infinity }: Paging): number => skip + limit;

/** @throws TypeError when a cursor is combined with a sort order, or is malformed */
export function checkPaging({ sort, after }: Paging): void {
  if (after === undefined) return;
  if (sort !== undefined) throw new TypeError('A cursor needs the default order');
  if (!/^[0-9a-f]{24}$/.test(after.id))
    throw new TypeError('A cursor names an instance by 24 hexadecimal digits');
}

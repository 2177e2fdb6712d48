import type { AbstractCursor, Document } from 'mongodb';
import { markCut, type Budget } from '../query/budget.js';

/** Reads the rows of a cursor that fit the budget; the others are not read. */
export async function taken(
  cursor: AbstractCursor<Document>,
  budget: Budget,
  size: (row: Document) => number,
  share: (row: Document) => Document = (row) => row,
): Promise<Document[]> {
  if (!budget.isLimited) return (await cursor.toArray()).map(share);
  const rows: Document[] = [];
  for await (const found of cursor) {
    const row = share(found);
    if (!budget.take(() => size(row))) {
      await cursor.close();
      return markCut(rows);
    }
    rows.push(row);
  }
  return rows;
}

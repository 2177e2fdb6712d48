import type { RowTest } from '../../../src/store/plans.js';
import { isCut } from '../../../src/store/query/budget.js';
import type { Store } from '../../../src/store/port.js';

const COUNT = 12;
/** A page has room for about three rows. */
const BYTES = 12_000;
const LARGE = 2000;
const ids = Array.from({ length: COUNT }, (_, at) => `old${at}`);
const MARKS = {
  'one mark': ['|old'],
  'more marks than one query merges': Array.from({ length: 400 }, (_, at) => `|old${at % 12}${at}`).concat(
    ids.map((id) => `|${id}`),
  ),
};

/** Pages by number of rows, as lists from the oldest have them: skipped rows are not part of the answer. */
async function pages<Row>(read: (skip: number) => Promise<Row[]>): Promise<Row[]> {
  const found: Row[] = [];
  for (;;) {
    const page = await read(found.length);
    found.push(...page);
    if (page.length === 0) expect(isCut(page)).toBe(false);
    if (page.length === 0) return found;
  }
}

/** Lists from the oldest, cut by bytes. */
export function oldestFirst(store: () => Store): void {
  const before = { status: 'from-the-oldest' };
  beforeAll(async () => {
    for (const [at, id] of ids.entries())
      await store().instances.insert({
        id,
        name: 'M',
        ...before,
        data: { text: 'x'.repeat(LARGE) },
        items: [2, 1].map((seq) => ({ id: `${id}-${seq}`, seq, status: 'wait' })),
        guard: { rev: 1, open: [], read: ['|old', `|old${at}`] },
      });
  });
  const exact = (): RowTest => () => true;
  const plans = Object.entries(MARKS).flatMap(([which, anyOf]) =>
    [undefined, exact].map((test) => [which, test === undefined ? 'without' : 'with', anyOf, test] as const),
  );

  test.each(plans)('items of %s, %s a test of the rows, all come', async (_which, _says, anyOf, test) => {
    const rows = await pages((skip) =>
      store().instances.findItems({
        before,
        marks: { field: 'guard.read', anyOf },
        each: {},
        exact: test,
        needsAll: test !== undefined,
        sort: [['_id', 1]],
        skip,
        limit: 100,
        bytes: BYTES,
      }),
    );
    expect(rows.map((row) => row.items.id)).toEqual(ids.flatMap((id) => [`${id}-1`, `${id}-2`]));
    expect(rows[0]).not.toHaveProperty('all');
  });

  test.each(plans)('instances of %s, %s a test of the rows, all come', async (_which, _says, anyOf, test) => {
    const rows = await pages((skip) =>
      store().instances.find({
        filter: before,
        marks: { field: 'guard.read', anyOf },
        exact: test,
        sort: [['_id', 1]],
        skip,
        limit: 100,
        bytes: 2 * BYTES,
        without: ['source', 'svg', 'logs', 'savePoints'],
      }),
    );
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });
}

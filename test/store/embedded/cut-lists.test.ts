import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import type { Cursor } from '../../../src/store/port.js';
import { isCut } from '../../../src/store/query/budget.js';
import { Turns } from '../../../src/store/turns.js';

const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
const ALL = Array.from({ length: 10 }, (_, i) => `i${9 - i}`);

async function filled(): Promise<EmbeddedInstances> {
  const instances = new EmbeddedInstances(new MemoryBytes(), new ObjectIds(), new Turns());
  for (const id of [...ALL].reverse())
    await instances.insert({ id, loops: ['x'.repeat(1000)], source: '<xml/>', guard: { rev: 1 } });
  return instances;
}

/** Fields that take most bytes are left out, so that the rows of a page are far below the limit of bytes. */
const page = { filter: {}, limit: 100, bytes: 3500, without: ['logs', 'savePoints', 'loops'] };

test('a list with documents of models says that there are more when its bytes end it', async () => {
  const instances = await filled();
  const found: string[] = [];
  for (let after: Cursor | undefined; ;) {
    const rows = await instances.find({ ...page, after });
    found.push(...ids(rows));
    const last = rows.at(-1);
    if (!isCut(rows) || last === undefined) break;
    after = { id: String(last._id) };
  }
  expect(found).toEqual(ALL);
});

test('a page goes on where all its rows are removed before their documents are read', async () => {
  const instances = await filled();
  const first = ids(await instances.find(page));
  expect(first.length).toBeGreaterThan(0);
  expect(first.length).toBeLessThan(ALL.length / 2);
  let removed: Promise<number> | undefined;
  const exact =
    () =>
    ({ id }: Readonly<Record<string, unknown>>): boolean => {
      if (id === first.at(-1)) removed = instances.remove(first, {});
      return true;
    };
  const rows = await instances.find({ ...page, exact });
  expect(await removed).toBe(first.length);
  expect(ids(rows)).toEqual(ALL.slice(first.length, 2 * first.length));
  expect(isCut(rows)).toBe(true);
});

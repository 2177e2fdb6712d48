import { BadInput } from '../../../src/core/errors.js';
import { matchingOnes } from '../../../src/engine/enforcement/listening.js';
import type { ItemPlan, UnwoundItem } from '../../../src/store/port.js';
import { parseQuery, type CallerQuery } from '../../../src/store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../../src/store/query/query-fields.js';
import { refusal } from '../../support/guards.js';

const MATCHING = parseQuery({ 'data.order': 5 }, INSTANCE_FIELDS);
const row = (at: number): UnwoundItem =>
  ({ _id: String(at).padStart(24, '0'), id: `i${at}`, items: { id: `t${at}`, seq: 1 } }) as never;

interface Asked {
  readonly more: readonly (CallerQuery & { readonly test?: { $in: string[] } })[];
  readonly limit?: number;
  readonly after?: { readonly id: string };
}

/** So many elements wait, all of them too large to be matched by one query. */
function waiting(count: number, matches: readonly number[] = []) {
  const pages: number[] = [];
  const asked = (...more: CallerQuery[]): ItemPlan => ({ more }) as never;
  const findItems = async ({ more, limit = Infinity, after }: Asked): Promise<UnwoundItem[]> => {
    const [rows, , matching] = more;
    if (rows === MATCHING) throw new BadInput('too-expensive', 'The query takes too many steps.');
    if (matching !== undefined) {
      const ids = new Set(rows?.test?.$in);
      return matches
        .filter((at) => ids.has(`i${at}`))
        .slice(0, limit)
        .map(row);
    }
    const from = after === undefined ? 0 : Number(after.id) + 1;
    const length = Math.min(limit, count - from);
    pages.push(length);
    return Array.from({ length }, (_, at) => row(from + at));
  };
  return { pages, found: (limit: number) => matchingOnes({ findItems } as never, asked, MATCHING, limit) };
}

test('where one query would be too expensive, up to 10,000 elements that wait are looked at page by page', async () => {
  const { pages, found } = waiting(10_000, [3, 9_999]);
  expect(await found(2)).toMatchObject([{ itemId: 't3' }, { itemId: 't9999' }]);
  expect(Math.max(...pages)).toBe(1000);
  expect(await waiting(10_000).found(2)).toEqual([]);
});

test('more of them are refused, unless those that were looked at are enough', async () => {
  expect(await refusal(waiting(10_001, [3]).found(2))).toMatchObject({ code: 'too-expensive' });
  expect(await waiting(10_001, [3, 4]).found(2)).toHaveLength(2);
});

import { isGuardError } from '../../core/errors.js';
import type { InstanceStore, ItemPlan, Paging, UnwoundItem } from '../../store/port.js';
import type { CallerQuery } from '../../store/query/caller-query.js';
import { cursorOf } from '../../store/query/item-order.js';
import { walk } from '../../store/query/walk.js';
import { idsIn } from './id-portions.js';
import { LIST_BYTES } from './paging.js';

type Items = Pick<InstanceStore, 'findItems'>;

/** An element that waits for an event, with the revision of its instance. */
export interface Receiver {
  readonly instanceId: string;
  readonly itemId: string;
  readonly rev: number | undefined;
}

/** Items of a page. Their instances come with them, so a page is limited in bytes too. */
const PAGE = 1000;

/** How many waiting elements are looked at where one query for those that match is too expensive. */
const MOST_LOOKED = 10_000;

const receiverOf = ({ id, items, guard }: UnwoundItem): Receiver => ({
  instanceId: id,
  itemId: items.id,
  rev: guard?.rev,
});

/** Page by page, so that large instances of one starter neither fill the memory nor exceed the limits of a query. */
async function* pages(
  instances: Items,
  plan: ItemPlan | undefined,
  limit: number,
): AsyncGenerator<readonly Receiver[]> {
  if (plan === undefined || limit <= 0) return;
  // Nothing waits in an instance that has ended, and the indexes of messages and signals have only running ones.
  const asked = { ...plan, before: { $and: [{ status: 'running' }, plan.before] }, bytes: LIST_BYTES };
  const page = ({ limit: most, after }: Pick<Paging, 'limit' | 'after'>): Promise<UnwoundItem[]> =>
    instances.findItems({ ...asked, limit: most, after });
  let left = limit;
  for await (const rows of walk(Math.min(limit, PAGE), page, cursorOf, plan.after)) {
    yield rows.slice(0, left).map(receiverOf);
    left -= rows.length;
    if (left <= 0) return;
  }
}

/** The elements that a plan finds, up to the limit. */
export async function listening(
  instances: Items,
  plan: ItemPlan | undefined,
  limit: number,
): Promise<Receiver[]> {
  const found: Receiver[] = [];
  for await (const some of pages(instances, plan, limit)) found.push(...some);
  return found;
}

/**
 * The elements that match a condition of the caller. One query finds them, unless what others let wait makes it too
 * expensive: then those that wait are looked at page by page.
 * @param asked the plan of those that wait and satisfy further conditions
 * @throws BadInput `too-expensive`
 */
export async function matchingOnes(
  instances: Items,
  asked: (...more: CallerQuery[]) => ItemPlan | undefined,
  matching: CallerQuery,
  limit: number,
): Promise<Receiver[]> {
  try {
    return await listening(instances, asked(matching), limit);
  } catch (error) {
    if (!isGuardError(error) || error.code !== 'too-expensive') throw error;
    const found: Receiver[] = [];
    let looked = 0;
    for await (const some of pages(instances, asked(), MOST_LOOKED + 1)) {
      looked += some.length;
      if (looked > MOST_LOOKED) throw error;
      const ids = some.map(({ itemId }) => itemId);
      const rows = idsIn('row', [...new Set(some.map(({ instanceId }) => instanceId))]);
      found.push(
        ...(await listening(instances, asked(rows, idsIn('item', ids), matching), limit - found.length)),
      );
      if (found.length >= limit) break;
    }
    return found;
  }
}

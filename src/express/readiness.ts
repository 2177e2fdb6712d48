import { freshFor } from '../core/clock.js';
import { within } from '../engine/contract/within.js';
import type { Guard, Health } from '../engine/contract/types.js';

/** What anybody may know of the health: yes or no, nothing of what there is. */
export interface Readiness {
  readonly ready: boolean;
  readonly store: boolean;
  readonly indexes: boolean;
  readonly reindexed: boolean;
}

/** Milliseconds after which a store that says nothing counts as one that is not there. */
const LIMIT = 5000;
/** Milliseconds for which an answer is used: anybody may ask, and each answer asks the store several things. */
const CACHE = 1000;
const NOT_READY: Readiness = { ready: false, store: false, indexes: false, reindexed: false };

async function ask(guard: Pick<Guard, 'health'>): Promise<Readiness> {
  const health: Health | undefined = await within(LIMIT, guard.health()).catch(() => undefined);
  if (health === undefined) return NOT_READY;
  return {
    ready: health.ok && health.reindexed,
    store: health.store.answers,
    indexes: health.store.answers && health.missingIndexes.length === 0,
    reindexed: health.reindexed,
  };
}

/** Asks whether calls can be served: at most once a second, and without waiting longer than 5 s. */
export function readinessOf(guard: Pick<Guard, 'health'>): () => Promise<Readiness> {
  let last: { readonly isFresh: () => boolean; readonly answer: Promise<Readiness> } | undefined;
  return () => {
    if (last?.isFresh() !== true) last = { isFresh: freshFor(CACHE), answer: ask(guard) };
    return last.answer;
  };
}

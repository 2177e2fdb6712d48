import { seldom } from '../core/recent.js';
import { within } from '../core/within.js';
import type { Guard, Health } from '../engine/contract/types.js';

/** The part of the health that anyone may see: yes or no, without details. */
export interface Readiness {
  readonly ready: boolean;
  readonly store: boolean;
  readonly indexes: boolean;
  readonly reindexed: boolean;
}

/** Milliseconds after which an unresponsive store counts as unavailable. */
const LIMIT = 5000;
/** Milliseconds for which an answer is cached: anyone may ask, and each answer needs several queries. */
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

/** Checks whether calls can be served: at most once per second, and waiting at most 5 s. */
export function readinessOf(guard: Pick<Guard, 'health'>): () => Promise<Readiness> {
  return seldom(CACHE, () => ask(guard));
}

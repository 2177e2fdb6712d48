import { NOTHING } from '../../core/condition/condition.js';
import { intersection, scopeOf } from '../../core/decision/scope.js';
import type { Selected } from '../../store/plans.js';
import type { Store, StoredInstance, StoredModel } from '../../store/port.js';
import { isCut } from '../../store/query/budget.js';
import { parseQuery } from '../../store/query/caller-query.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import { badQuery } from '../../store/query/query-input.js';
import { instancePlan } from '../../store/query/scoped-query.js';
import type { HeldWork } from '../contract/api-types.js';
import { heldStarts, startOfId, type HeldStart } from '../execution/held-starts.js';
import type { Call } from './call.js';
import type { Calls } from './calls.js';
import { readableAmong } from './model-access.js';
import { LIST_BYTES, PAGE, parsePage, parseParameters } from './paging.js';

/** Instances with held work. The unfinished-work marker is included because it is indexed. */
export const HELD = Object.freeze({ 'guard.unfinished': true, 'guard.held': true });

/** How many starts are looked at together, at least. */
const STARTS_AT_ONCE = 100;

/** A query without conditions of the caller. */
const ANY = parseQuery({}, INSTANCE_FIELDS);

/** The held work of an instance. */
export const heldOf = ({ id, name, tenantId, guard }: StoredInstance): HeldWork[] =>
  Object.entries(guard?.attempts ?? {}).flatMap(([key, { held, work, at, ended, elementId }]) =>
    held === true
      ? [
          {
            id,
            instanceId: id,
            modelName: name ?? '',
            ...(typeof tenantId === 'string' ? { tenantId } : {}),
            work,
            ...(work === 'background' ? {} : { itemId: key }),
            ...(elementId === undefined ? {} : { elementId }),
            since: at,
            ended,
          },
        ]
      : [],
  );

/** The held work of a start event. */
export const heldStartOf = ({ id, model, attempt }: HeldStart): HeldWork => ({
  id,
  modelName: model.name,
  ...(typeof model.owner === 'string' ? { tenantId: model.owner } : {}),
  work: 'start',
  ...(attempt.elementId === undefined ? {} : { elementId: attempt.elementId }),
  since: attempt.at,
  ended: attempt.ended,
});

/** Which held work a page looks at: that after this instance or this start. */
export interface HeldPaging {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** @throws BadInput `bad-query`, naming the parameter */
export function parseHeldPage(given: unknown): HeldPaging {
  const { limit = PAGE.most, after = undefined } = parseParameters(given, ['limit', 'after']);
  if (typeof after === 'string' && startOfId(after) !== undefined)
    return { limit: parsePage(limit, undefined, undefined).limit, after };
  const page = parsePage(limit, after, undefined);
  if (page.after?.seq !== undefined || page.after?.item !== undefined)
    return badQuery('after must be the cursor of a previous page.');
  return { limit: page.limit, after: page.after?.id };
}

interface HeldRows {
  readonly instances: readonly StoredInstance[];
  readonly starts: readonly HeldStart[];
  /** Where the next page begins; missing on the last. */
  readonly next?: string;
}

/** What of the held work is listed. */
interface HeldSight {
  /** Of the instances; undefined: none. */
  readonly instances: Selected | undefined;
  /** Whether the starts of a model may be listed, if it is readable. */
  readonly changes: (model: StoredModel) => boolean;
  /** Those of the models that are readable. */
  readonly readable: (models: readonly StoredModel[]) => Promise<ReadonlySet<StoredModel>>;
}

/** For who works on the store itself. */
export const ALL_HELD: HeldSight = Object.freeze({
  instances: { filter: HELD },
  changes: () => true,
  readable: (models: readonly StoredModel[]) => Promise.resolve(new Set(models)),
});

/** Instances that the caller may read and terminate, and starts of models that the caller may read and change. */
export function heldFor(calls: Calls, call: Call): HeldSight {
  const scope = intersection(call.scope('instance:cancel'), call.scope('instance:read'));
  const plan = instancePlan(scope, scopeOf(NOTHING), ANY, {}, calls.searching);
  return {
    // Held work has an index of its own; the marks of the plan would find more.
    instances: plan && { filter: { $and: [HELD, plan.filter] }, ...(plan.exact && { exact: plan.exact }) },
    changes: (model) => call.allows('model:write', { model }),
    readable: (models) => readableAmong(calls, call, models),
  };
}

/** The starts that are listed behind a place, at least as many as asked for if there are so many. */
async function startsBehind(
  store: Pick<Store, 'models'>,
  after: string | undefined,
  most: number,
  { changes, readable }: HeldSight,
): Promise<HeldStart[]> {
  const behind = (await heldStarts(store))
    .filter(({ id, model }) => (after === undefined || id > after) && changes(model))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const shown: HeldStart[] = [];
  // Which models are readable takes queries: of those behind the page, nobody asks.
  const portion = Math.max(most, STARTS_AT_ONCE);
  for (let at = 0; at < behind.length && shown.length < most; at += portion) {
    const some = behind.slice(at, at + portion);
    const known = await readable(some.map(({ model }) => model));
    shown.push(...some.filter(({ model }) => known.has(model)));
  }
  return shown;
}

/**
 * A page of what is held: the instances, the newest first, then the starts. Pages are made of what is listed only,
 * since the place of the next one is that of a row.
 */
export async function heldPage(
  store: Pick<Store, 'instances' | 'models'>,
  { limit, after }: HeldPaging,
  sight: HeldSight,
): Promise<HeldRows> {
  const isBehind = after !== undefined && startOfId(after) !== undefined;
  const instances =
    isBehind || sight.instances === undefined
      ? []
      : await store.instances.find({
          ...sight.instances,
          without: LARGE_FIELDS,
          limit,
          bytes: LIST_BYTES,
          ...(after !== undefined && { after: { id: after } }),
        });
  const last = instances.at(-1);
  if (last !== undefined && (instances.length >= limit || isCut(instances)))
    return { instances, starts: [], next: String(last._id) };
  const room = limit - instances.length;
  const left = await startsBehind(store, isBehind ? after : undefined, room + 1, sight);
  const starts = left.slice(0, room);
  const end = starts.at(-1);
  return { instances, starts, ...(end !== undefined && starts.length < left.length && { next: end.id }) };
}

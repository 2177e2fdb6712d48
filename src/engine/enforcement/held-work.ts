import type { Store, StoredInstance } from '../../store/port.js';
import { isCut } from '../../store/query/budget.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { badQuery } from '../../store/query/query-input.js';
import type { HeldWork } from '../contract/api-types.js';
import { heldStarts, startOfId, type HeldStart } from '../execution/held-starts.js';
import { LIST_BYTES, PAGE, parsePage, parseParameters } from './paging.js';

/** Instances with held work. The unfinished-work marker is included because it is indexed. */
export const HELD = Object.freeze({ 'guard.unfinished': true, 'guard.held': true });

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

/** A page of what is held: the instances, the newest first, then the starts. */
export async function heldPage(
  store: Pick<Store, 'instances' | 'models'>,
  { limit, after }: HeldPaging,
): Promise<HeldRows> {
  const isBehind = after !== undefined && startOfId(after) !== undefined;
  const instances = isBehind
    ? []
    : await store.instances.find({
        filter: HELD,
        without: LARGE_FIELDS,
        limit,
        bytes: LIST_BYTES,
        ...(after !== undefined && { after: { id: after } }),
      });
  const last = instances.at(-1);
  if (last !== undefined && (instances.length >= limit || isCut(instances)))
    return { instances, starts: [], next: String(last._id) };
  const ids = (await heldStarts(store)).filter(({ id }) => !isBehind || id > after);
  const starts = ids.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit - instances.length);
  const end = starts.at(-1);
  return { instances, starts, ...(end !== undefined && starts.length < ids.length && { next: end.id }) };
}

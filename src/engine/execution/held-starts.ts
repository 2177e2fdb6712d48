import { Conflict } from '../../core/errors.js';
import type { Attempt, Store, StoredModel } from '../../store/port.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';

/** A timer start event of a model. */
export interface TimedStart {
  readonly name: string;
  readonly owner: string | null;
  readonly elementId: string;
}

/** A start event whose starts are held. */
export interface HeldStart {
  readonly id: string;
  readonly model: StoredModel;
  readonly attempt: Attempt;
}

const PREFIX = 'start:';
/** How many competing writes to a model are tolerated before giving up. */
const TRIES = 5;

/** One text that identifies the event; no instance has such an id. */
export const idOfStart = ({ owner, name, elementId }: TimedStart): string =>
  PREFIX + Buffer.from(JSON.stringify([owner, name, elementId])).toString('base64url');

/** The start event with the id; undefined if it is not the id of one. */
export function startOfId(id: string): TimedStart | undefined {
  if (!id.startsWith(PREFIX)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(id.slice(PREFIX.length), 'base64url').toString());
    const [owner, name, elementId] = Array.isArray(parts) ? (parts as unknown[]) : [];
    if (typeof name !== 'string' || typeof elementId !== 'string') return undefined;
    return typeof owner === 'string' || owner === null ? { owner, name, elementId } : undefined;
  } catch {
    return undefined;
  }
}

export const attemptOf = ({ guard }: StoredModel, elementId: string): Attempt | undefined =>
  guard?.attempts?.find((attempt) => attempt.elementId === elementId);

/** All held start events. */
export async function heldStarts({ models }: Pick<Store, 'models'>): Promise<HeldStart[]> {
  const found = await models.find({ 'guard.held': true }, { without: [...DOCUMENT_FIELDS, 'processes'] });
  return found.flatMap((model) =>
    (model.guard?.attempts ?? [])
      .filter(({ held, elementId }) => held === true && elementId !== undefined)
      .map((attempt) => ({ id: idOfStart(placeOf(model, attempt)), model, attempt })),
  );
}

const placeOf = ({ name, owner = null }: StoredModel, { elementId = '' }: Attempt): TimedStart => ({
  name,
  owner,
  elementId,
});

/**
 * Updates the attempt to start at an event.
 * @param change returns undefined if no attempt is left
 * @returns the written attempt; also undefined if the model or the event no longer exists
 * @throws Conflict `conflict` if others keep writing the model
 */
export async function changeStart(
  { models }: Pick<Store, 'models'>,
  { name, owner, elementId }: TimedStart,
  change: (before: Attempt | undefined) => Attempt | undefined,
): Promise<Attempt | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    const model = await models.get(name, owner);
    if (model?.events?.some((event) => event.elementId === elementId) !== true) return undefined;
    const before = attemptOf(model, elementId);
    const next = change(before);
    if (next === before) return next;
    const { attempts = [], held: _held, ...guard } = model.guard ?? { rev: 0 };
    const others = attempts.filter((attempt) => attempt !== before);
    if (next !== undefined) others.push(next);
    const changed = {
      ...guard,
      rev: guard.rev + 1,
      ...(others.length > 0 ? { attempts: others } : {}),
      ...(others.some(({ held }) => held === true) ? { held: true } : {}),
    };
    if (await models.update(name, owner, model.guard?.rev, { guard: changed })) return next;
  }
  throw new Conflict('conflict', 'The model was changed by someone else in the meantime.');
}

/** Lets the timer start the model again, from its next time on. @returns false if it is not held */
export async function retryStart(store: Pick<Store, 'models'>, place: TimedStart): Promise<boolean> {
  let isHeld = false;
  await changeStart(store, place, (before) => {
    isHeld = before?.held === true;
    return isHeld ? undefined : before;
  });
  return isHeld;
}

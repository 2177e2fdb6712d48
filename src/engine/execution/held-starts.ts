import { Conflict } from '../../core/errors.js';
import type { Attempt, Store, StoredModel } from '../../store/port.js';

/** A start event of a model, with a timer. */
export interface TimedStart {
  readonly name: string;
  readonly owner: string | null;
  readonly elementId: string;
}

/** One whose starts are held back. */
export interface HeldStart {
  readonly id: string;
  readonly model: StoredModel;
  readonly attempt: Attempt;
}

const PREFIX = 'start:';
/** So many others may write a model between a look at it and a write. */
const TRIES = 5;

/** One text for all of it; no instance has such an id. */
export const idOfStart = ({ owner, name, elementId }: TimedStart): string =>
  PREFIX + Buffer.from(JSON.stringify([owner, name, elementId])).toString('base64url');

/** The start event that has the id; undefined for what is none. */
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

/** All that are held back. */
export async function heldStarts({ models }: Pick<Store, 'models'>): Promise<HeldStart[]> {
  const found = await models.find({ 'guard.held': true }, { without: ['source', 'svg', 'processes'] });
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
 * Writes what becomes of the attempt to start at an event.
 * @param change undefined in return: none is left
 * @returns what was written; undefined also where the model or the event is gone
 * @throws Conflict `conflict` when others write the model all the time
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
    const left = attempts.filter((attempt) => attempt !== before);
    if (next !== undefined) left.push(next);
    const changed = {
      ...guard,
      rev: guard.rev + 1,
      ...(left.length > 0 ? { attempts: left } : {}),
      ...(left.some(({ held }) => held === true) ? { held: true } : {}),
    };
    if (await models.update(name, owner, model.guard?.rev, { guard: changed })) return next;
  }
  throw new Conflict('conflict', 'The model was changed by somebody else meanwhile.');
}

/** Lets the timer start the model again, from its next time on. @returns false when it is not held back */
export async function retryStart(store: Pick<Store, 'models'>, place: TimedStart): Promise<boolean> {
  let isHeld = false;
  await changeStart(store, place, (before) => {
    isHeld = before?.held === true;
    return isHeld ? undefined : before;
  });
  return isHeld;
}

import { today } from '../../core/clock.js';
import { isGuardError } from '../../core/errors.js';
import { asModelName, mendModelName } from '../../core/model-name.js';
import type { Store, StoredModel } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';

/** Raised when models are read otherwise than before: what is stored of who may start them is then read again. */
export const READING = 1;

interface Parts {
  readonly store: Store;
  readonly logger: GuardLogger | undefined;
  /** Gets the models that cannot be run, by name, and why. */
  readonly unreadable: Map<string, string>;
  readonly parse: (
    name: string,
    source: unknown,
    svg: string | null,
    owner: string | null,
  ) => Promise<StoredModel>;
}

/** Parses the models that an unguarded host or an older guard stored, so that who may start them is known. */
export async function refreshModels(parts: Parts): Promise<void> {
  await mendNames(parts);
  for (const model of await parts.store.models.find({ 'guard.reading': { $ne: READING } })) {
    try {
      await readAgain(parts, model);
    } catch (error) {
      if (!isGuardError(error) || error.status >= 500) throw error;
      parts.unreadable.set(model.name, error.message);
      parts.logger?.error('a stored model cannot be run', { model: model.name, error: error.message });
    }
  }
}

/** What is stored of a model beside its source is made anew; its source and the time of its saving stay. */
async function readAgain({ store, parse }: Parts, model: StoredModel): Promise<void> {
  const { name, owner = null, source, svg = null, guard } = model;
  const fresh = await parse(name, source, svg, owner);
  if (guard?.rev === undefined) await store.models.put({ ...fresh, saved: model.saved ?? today() });
  else await store.models.update(name, owner, guard.rev, { guard: { ...guard, ...fresh.guard } });
}

/**
 * Renames models whose names were stored before names were checked: nobody could ask for them any more, since every
 * name that is given is put into the checked form first.
 */
async function mendNames({ store, logger }: Parts): Promise<void> {
  const models = await store.models.find({}, { without: ['source', 'svg'] });
  for (const { name, owner = null } of models.filter((model) => asModelName(model.name) !== model.name)) {
    const wanted = mendModelName(String(name));
    const isTaken = (candidate: string): boolean =>
      models.some((other) => other.name === candidate && (other.owner ?? null) === owner);
    let free = wanted;
    for (let copy = 2; isTaken(free); copy++) free = `${wanted} (${copy})`;
    await store.models.rename(name, owner, free);
    models.push({ name: free, owner });
    logger?.warn('a model was renamed, since its name could not be told from another', {
      was: JSON.stringify(name),
      is: free,
    });
  }
}

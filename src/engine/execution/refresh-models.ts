import { today } from '../../core/clock.js';
import { isGuardError } from '../../core/errors.js';
import { asModelName, mendModelName } from '../../core/model-name.js';
import type { Store, StoredModel } from '../../store/port.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';
import { rolesOf } from '../model/case-roles.js';
import type { StartFacts } from '../model/model-facts.js';
import { warningsOf } from '../model/source/check-model.js';
import type { ReadDefinition } from '../model/source/read-definition.js';
import type { GuardLogger } from '../contract/types.js';

/** Incremented when the interpretation of models changes: what is stored of them is then derived again. */
export const READING = 2;

/** The guard's facts about a model, stored with it. @param rev the revision of the model */
export const factsOf = (read: ReadDefinition, starts: readonly StartFacts[], rev: number) => ({
  rev,
  reading: READING,
  starts: starts.map((start) => ({ ...start })),
  caseRoles: rolesOf(read.definition).map((role) => ({ ...role })),
  warnings: warningsOf(read).map((warning) => ({ ...warning })),
});

interface Parts {
  readonly store: Store;
  readonly logger: GuardLogger | undefined;
  /** Receives the models that cannot be run, by name, with the reason. */
  readonly unreadable: Map<string, string>;
  readonly parse: (
    name: string,
    source: unknown,
    svg: string | null,
    owner: string | null,
  ) => Promise<StoredModel>;
}

/** Parses models stored by an unguarded host or an older guard, so that their start permissions are known. */
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

/** Derives again what is stored beside a model's source. The source and the time of its saving stay the same. */
async function readAgain({ store, parse }: Parts, model: StoredModel): Promise<void> {
  const { name, owner = null, source, svg = null, guard } = model;
  const fresh = await parse(name, source, svg, owner);
  if (guard?.rev === undefined) await store.models.put({ ...fresh, saved: model.saved ?? today() });
  else await store.models.update(name, owner, guard.rev, { guard: { ...guard, ...fresh.guard } });
}

/**
 * Renames models stored before names were checked. They could no longer be found, because every given name is
 * normalised first.
 */
async function mendNames({ store, logger }: Parts): Promise<void> {
  const models = await store.models.find({}, { without: DOCUMENT_FIELDS });
  for (const { name, owner = null } of models.filter((model) => asModelName(model.name) !== model.name)) {
    const wanted = mendModelName(String(name));
    const isTaken = (candidate: string): boolean =>
      models.some((other) => other.name === candidate && (other.owner ?? null) === owner);
    let free = wanted;
    for (let copy = 2; isTaken(free); copy++) free = `${wanted} (${copy})`;
    await store.models.rename(name, owner, free);
    models.push({ name: free, owner });
    logger?.warn('a model was renamed because its name could not be told from another', {
      was: JSON.stringify(name),
      is: free,
    });
  }
}

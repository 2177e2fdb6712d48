import { addTo } from '../../core/add-to.js';
import { notFound } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import type { Facts } from '../../core/policy.js';
import { SECTIONS } from '../../core/policies/sections/section-rules.js';
import { tenants } from '../../core/policies/tenants.js';
import { DESIGNER } from '../../core/principal.js';
import type { Filter, StoredInstance, StoredModel } from '../../store/port.js';
import { MODEL_DETAILS } from '../../store/query/large-fields.js';
import type { Call } from './call.js';
import type { Calls } from './calls.js';
import { modelsOwnerOf } from '../model/models-owner.js';
import { readableModels } from './readable-models.js';

const NONE: Facts = Object.freeze({});
const NO_MODELS: Facts = Object.freeze({ readableModels: Object.freeze([]) });
/** Policies that ask for no more of a model than its name and owner. */
const BY_NAME: ReadonlySet<string> = new Set([tenants.name, SECTIONS]);

async function factsOf(
  { bypass, store, searching, turns }: Calls,
  call: Call,
  owner: string | undefined,
  namesOf: () => readonly string[] | Promise<readonly string[]>,
): Promise<Facts> {
  const { principal } = call;
  // Administrators and designers read models whether or not they can read an instance of them. Where there are
  // sections, their permission decides: it is needed, and suffices.
  if (bypass || principal.isAdmin() || principal.inGroup(DESIGNER) || call.inForce.sections.exist)
    return NONE;
  const scope = call.scope('instance:read');
  if (scope.kind === 'nothing') return NO_MODELS;
  return {
    readableModels: await readableModels(store, scope, owner, { ...searching, turns }, await namesOf()),
  };
}

/**
 * Facts for a list of models: the principal's models with an instance that it may read.
 * @param filter the models of which anything is asked; default: all of the owner
 */
export function factsOfModels(calls: Calls, call: Call, filter: Filter = {}): Promise<Facts> {
  const { owner } = call.principal;
  return factsOf(calls, call, owner, async () => {
    const ofOwner = { owner: owner ?? null };
    const asked = Object.keys(filter).length === 0 ? ofOwner : { $and: [ofOwner, filter] };
    const found = await calls.store.models.find(asked, { without: MODEL_DETAILS });
    return found.map(({ name }) => name);
  });
}

/** Facts for `model:read` of one model: whether the principal may read an instance of it. */
export const factsOfModel = (
  calls: Calls,
  call: Call,
  { name, owner }: Pick<StoredModel, 'name' | 'owner'>,
): Promise<Facts> => factsOf(calls, call, owner ?? undefined, () => [name]);

/** Whether the principal may read the model. */
export async function mayReadModel(calls: Calls, call: Call, model: StoredModel): Promise<boolean> {
  return call.allows('model:read', { model }, await factsOfModel(calls, call, model));
}

/** Those of the models that the principal may read: asked once for all of an owner, not for each of them. */
export async function readableAmong(
  calls: Calls,
  call: Call,
  models: Iterable<StoredModel>,
): Promise<ReadonlySet<StoredModel>> {
  const byOwner = new Map<string | undefined, StoredModel[]>();
  for (const model of new Set(models)) addTo(byOwner, model.owner ?? undefined, model);
  const readable = new Set<StoredModel>();
  for (const [owner, some] of byOwner) {
    const facts = await factsOf(calls, call, owner, () => some.map(({ name }) => name));
    for (const model of some) if (call.allows('model:read', { model }, facts)) readable.add(model);
  }
  return readable;
}

/**
 * The model of that name among those that the principal may read.
 * @throws AccessDenied `not-found`
 */
export async function readableModel(calls: Calls, call: Call, name: unknown): Promise<StoredModel> {
  const model = await calls.store.models.get(checkModelName(name), call.principal.owner ?? null);
  if (model === undefined || !(await mayReadModel(calls, call, model))) throw notFound('model');
  return model;
}

/**
 * Whether the principal may read the model that an instance runs. The instance stores the model's source and may
 * outlive the model. The result of a stored command must not depend on the store: if the model is needed and cannot
 * be read, it is not shown.
 */
export async function mayReadModelOf(calls: Calls, call: Call, instance: StoredInstance): Promise<boolean> {
  if (calls.bypass) return true;
  const name = instance.name ?? '';
  const owner = modelsOwnerOf(instance);
  const facts = call.mayReadInstance(instance) ? calls.readable.of(name) : NO_MODELS;
  const own = { name, owner };
  const asksMore = [...call.ruling('model:read', facts).restrictedBy].some((policy) => !BY_NAME.has(policy));
  try {
    const model = asksMore ? ((await calls.store.models.get(name, owner)) ?? own) : own;
    return call.allows('model:read', { model: { ...model } }, facts);
  } catch (error) {
    calls.incidents.record('model', 'could not tell whether a model may be shown', error, { model: name });
    return false;
  }
}

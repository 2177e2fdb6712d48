import type { Decision } from '../../core/decision.js';
import { notFound } from '../../core/errors.js';
import { OPERATIONS, type Operation } from '../../core/operation.js';
import type { SecureUser } from '../../core/principal.js';
import type { Resource } from '../../core/resource.js';
import type { StoredInstance, StoredModel } from '../../store/port.js';
import type { Asking } from './asking.js';

const READ = {
  task: 'task:read',
  instance: 'instance:read',
  model: 'model:read',
  system: undefined,
} as const;

const textAt = (record: Readonly<Record<string, unknown>> | undefined, field: string): string | undefined => {
  const value = record?.[field];
  return typeof value === 'string' ? value : undefined;
};

/** The resource as it is stored, where ids are all that was given: an application has views, not documents. */
async function whole(
  asking: Asking,
  principal: SecureUser,
  { item, instance, model, start }: Resource,
): Promise<Resource> {
  const { instances, models } = asking.store;
  const name = textAt(model, 'name');
  if (name !== undefined) {
    const stored: StoredModel | undefined =
      model?.guard === undefined ? await models.get(name, principal.owner ?? null) : undefined;
    const found = stored ?? model;
    return { model: found, start: start ?? (found?.guard as StoredModel['guard'])?.starts?.[0] };
  }
  const id = textAt(instance, 'id') ?? textAt(item, 'instanceId');
  if (instance?.items !== undefined) return { item, instance };
  const itemId = textAt(item, 'id');
  const filter =
    id !== undefined ? { id } : itemId !== undefined ? { items: { $elemMatch: { id: itemId } } } : undefined;
  if (filter === undefined) return { item, instance };
  const [stored]: StoredInstance[] = await instances.find({
    filter,
    limit: 1,
    without: ['source', 'svg', 'logs', 'savePoints', 'loops'],
  });
  return {
    instance: stored,
    item: itemId === undefined ? item : stored?.items?.find((entry) => entry.id === itemId),
  };
}

/**
 * The decision about one resource, with its reasons. The resource is given as stored, or by its ids alone.
 * @throws AccessDenied `not-found` to whom may not read it: the reasons would tell of it (spec 07)
 */
export async function explain(
  asking: Asking,
  principal: SecureUser,
  operation: Operation,
  given: Resource,
): Promise<Decision> {
  const { kind } = OPERATIONS[operation];
  const resource = await whole(asking, principal, given);
  const facts =
    kind === 'model' && resource.model !== undefined
      ? await asking.modelFacts(principal, String(resource.model.name))
      : {};
  const read = READ[kind];
  const missing =
    { task: resource.item, instance: resource.instance, model: resource.model, system: resource }[kind] ===
    undefined;
  if (missing || (read !== undefined && !asking.allows(principal, read, resource, facts)))
    throw notFound(kind);
  const decision = asking.decide(principal, operation, resource, facts);
  if (!asking.bypass) return decision;
  const bypass = {
    policy: 'bypass',
    rule: 'switched-off',
    effect: 'permits',
    holds: true,
    says: 'the rules are switched off by REQUIRE_AUTHENTICATION or ENFORCE_SECURITY',
  } as const;
  return Object.freeze({ ...decision, allowed: true, reasons: Object.freeze([bypass, ...decision.reasons]) });
}

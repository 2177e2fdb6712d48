import { and, eq, exists, not, or, type Condition } from '../../core/condition.js';
import type { Scope } from '../../core/scope.js';
import type { Store } from '../../store/port.js';
import { existencePlan, type ScopedOptions } from '../../store/query/scoped-query.js';

/** Questions to the store that are under way at once. */
const AT_ONCE = 10;
const LARGE = ['source', 'svg', 'processes', 'events', 'guard'];

const OWNER = 'instance.guard.modelsOwner';

/**
 * The instance runs a model of that owner. One from before the guard does not say so; it ran a model of its tenant.
 * @param owner undefined: models of nobody
 */
function runsModelOf(owner: string | undefined): Condition {
  const unsaid = not(exists(OWNER));
  return owner === undefined
    ? and(unsaid, exists('instance.tenantId', false))
    : or(eq(OWNER, owner), and(unsaid, eq('instance.tenantId', owner)));
}

/**
 * Those models of the owner of which the scope admits an instance. Each is asked for by itself, and the first instance
 * answers: the instances are not gone through.
 * @param names the models in question; missing: all of the owner
 */
export async function readableModels(
  store: Store,
  scope: Scope,
  owner: string | undefined,
  options: ScopedOptions,
  names?: readonly string[],
): Promise<string[]> {
  if (scope.kind === 'nothing') return [];
  const asked =
    names ?? (await store.models.find({ owner: owner ?? null }, { without: LARGE })).map(({ name }) => name);
  const readable: string[] = [];
  for (let i = 0; i < asked.length; i += AT_ONCE) {
    const some = asked.slice(i, i + AT_ONCE);
    const found = await Promise.all(
      some.map(async (name) => {
        const plan = existencePlan(scope, and(eq('instance.name', name), runsModelOf(owner)), options);
        return plan !== undefined && store.instances.exists(plan);
      }),
    );
    readable.push(...some.filter((_, at) => found[at]));
  }
  return readable;
}

import { and, eq, exists, not, or, type Condition } from '../../core/condition/condition.js';
import type { Scope } from '../../core/decision/scope.js';
import type { Store } from '../../store/port.js';
import { existencePlan, type ScopedOptions } from '../../store/query/scoped-query.js';
import type { Turns } from '../../store/turns.js';

/** Queries to the store that run at the same time. */
const AT_ONCE = 10;

const OWNER = 'instance.guard.modelsOwner';

/**
 * Matches instances that run a model of the owner. Instances stored before the guard have no owner; they ran a
 * model of their tenant.
 * @param owner undefined: models without an owner
 */
function runsModelOf(owner: string | undefined): Condition {
  const unsaid = not(exists(OWNER));
  return owner === undefined
    ? and(unsaid, exists('instance.tenantId', false))
    : or(eq(OWNER, owner), and(unsaid, eq('instance.tenantId', owner)));
}

/**
 * Returns those of the owner's models with an instance that the scope admits. Queries once per model, and the first
 * matching instance answers, so that instances are not enumerated. Between the queries others run.
 */
export async function readableModels(
  store: Store,
  scope: Scope,
  owner: string | undefined,
  { turns, ...options }: ScopedOptions & { readonly turns: Turns },
  names: readonly string[],
): Promise<string[]> {
  const readable: string[] = [];
  for (let i = 0; i < names.length; i += AT_ONCE) {
    const some = names.slice(i, i + AT_ONCE);
    const found = await Promise.all(
      some.map(async (name) => {
        const plan = existencePlan(scope, and(eq('instance.name', name), runsModelOf(owner)), options);
        return plan !== undefined && store.instances.exists(plan);
      }),
    );
    readable.push(...some.filter((_, at) => found[at]));
    await turns.giveWay();
  }
  return readable;
}

import { AccessDenied, Conflict, notFound } from '../../core/errors.js';
import type { InstanceGuard, StoredInstance, StoredModel } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored.js';
import { policiesNaming } from '../policy-book/naming-policies.js';
import type { HostDefinition } from '../model/host.js';
import { initiatorsOf } from '../model/model-facts.js';
import type { Call } from './call.js';
import type { CommandParts } from './command-parts.js';
import { mayReadModel } from './model-access.js';

/** How many missing elements a refusal names. */
const NAMED = 5;

/** The instance as it will be once it runs the model. */
const runningOn = ({ guard, ...instance }: StoredInstance, { name, owner }: StoredModel): StoredInstance => ({
  ...instance,
  name,
  guard: { ...(guard as InstanceGuard), modelsOwner: owner ?? undefined },
});

/**
 * Asserts that the principal may move the instance to another model. Decided for the instance as it is and as it would
 * be.
 * @throws AccessDenied `forbidden` or `not-found`; CouldNotTell
 */
export async function assertMayMigrate(
  { calls }: Pick<CommandParts, 'calls'>,
  call: Call,
  instance: StoredInstance,
  model: StoredModel,
): Promise<void> {
  if (!calls.bypass && !(await mayReadModel(calls, call, model))) throw notFound('model');
  call.assert('instance:migrate', { instance: runningOn(instance, model) }, true);
  if (instance.name === model.name || calls.bypass) return;
  const { principal, inForce } = call;
  if (principal.isSystem()) return;
  const named = policiesNaming(call, inForce.set, String(instance.name), principal.isAdmin());
  if (named !== undefined)
    throw new AccessDenied(
      'forbidden',
      `You may not migrate it to another model: policies name its present model and would no longer apply to` +
        ` it${named}.`,
    );
}

/** The variables that hold an initiator once the instance runs the definition: those that it had stay protected. */
export const initiatorsAfter = ({ initiators }: InstanceGuard, definition: HostDefinition): string[] => [
  ...new Set([...((initiators ?? []) as string[]), ...initiatorsOf(definition)]),
];

interface StoredToken {
  readonly startNodeId?: unknown;
  readonly currentNode?: unknown;
}
interface StoredLoop {
  readonly nodeId?: unknown;
}

/** The elements that a stored instance refers to, with the type that each has there, if it is known. */
function elementsOf(instance: StoredInstance): Map<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const add = (id: unknown, type?: string): void => {
    if (typeof id === 'string' && (type !== undefined || !found.has(id))) found.set(id, type);
  };
  for (const { startNodeId, currentNode } of (instance.tokens ?? []) as StoredToken[]) {
    add(startNodeId);
    add(currentNode);
  }
  for (const { nodeId } of (instance.loops ?? []) as StoredLoop[]) add(nodeId);
  for (const { elementId, type } of itemsOf(instance)) add(elementId, type);
  return found;
}

/**
 * Every element that the instance has passed or waits at must be in the new model, as an element of the same type.
 * @throws Conflict `wrong-state`, naming those that are not
 */
export function assertFits(instance: StoredInstance, { nodes }: HostDefinition): void {
  const missing = [...elementsOf(instance)]
    .filter(([id, type]) => {
      const node = nodes.get(id);
      return node === undefined || (type !== undefined && node.type !== type);
    })
    .map(([id]) => id);
  if (missing.length === 0) return;
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : '';
  throw new Conflict(
    'wrong-state',
    `The model does not have what the instance has reached: ${missing.slice(0, NAMED).join(', ')}${more}.`,
  );
}

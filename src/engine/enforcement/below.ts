import { AccessDenied } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import { show } from '../../core/value.js';
import type { StoredInstance } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import { hasBelow, processesBelow } from '../execution/terminate.js';
import type { Call } from './call.js';
import type { CommandParts } from './command-parts.js';

/** How an operation on an instance also acts on the processes below it. */
export interface Reaching {
  readonly operation: Operation;
  /** What it does to them, for the refusal: "it would also end". */
  readonly does: string;
  /** Whether it reaches a process, and through it those below; missing: it reaches all that run. */
  readonly reaches?: (below: StoredInstance) => boolean;
}

/** Ending an instance ends everything below it. */
export const ENDING: Reaching = Object.freeze({ operation: 'instance:cancel', does: 'end' });

/** The refusal names a process, and quotes its rules, only if the caller may read the process. */
function refused(call: Call, { operation, does }: Reaching, below: StoredInstance): AccessDenied {
  const { policies, says } = call.against(operation, { instance: below });
  const why = call.mayReadInstance(below)
    ? `the process ${show(below.name)} below it: ${says.join('; ')}`
    : `a process below it that you may not see (${policies.join(', ')})`;
  return new AccessDenied('forbidden', `You may not do this (${operation}): it would also ${does} ${why}.`);
}

/**
 * Asserts that no rule keeps the principal from having, through an instance, the operation on the processes that it has
 * called and those added to it. They need no permission of their own: who may end an instance ends what it works with.
 * But the instance above must not bypass what case roles, a section or another policy withhold.
 * @throws AccessDenied `forbidden`, naming what stands against it; CouldNotTell
 */
export async function assertReaches(
  parts: Pick<CommandParts, 'calls'>,
  call: Call,
  above: StoredInstance,
  reaching: Reaching,
): Promise<void> {
  const { bypass, store } = parts.calls;
  if (bypass || call.principal.isSystem() || !hasBelow(above)) return;
  for (const { id } of await processesBelow(store.instances, above)) {
    const below = await store.instances.load(id, LARGE_FIELDS);
    if (below === undefined || reaching.reaches?.(below) === false) continue;
    if (call.against(reaching.operation, { instance: below }).policies.length > 0)
      throw refused(call, reaching, below);
    await assertReaches(parts, call, below, reaching);
  }
}

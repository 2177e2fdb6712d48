import { AccessDenied, CouldNotTell } from '../../core/errors.js';
import { asOperation } from '../../core/operation.js';
import { isRight } from '../../core/rights.js';
import type { Guard } from '../contract/types.js';
import type { CommandParts } from './command-parts.js';
import { explain, targetOf } from './explain.js';

/** The questions of a guard about what a user may do. Only those that cannot be answered are recorded. */
export function questions(parts: CommandParts): Pick<Guard, 'can' | 'explain'> {
  const { calls } = parts;
  const why: Guard['explain'] = async (user, operation, resource = {}, about) =>
    calls.question(user, asOperation(operation), targetOf(operation, resource), async (principal) =>
      explain(parts, await calls.of(principal), operation, resource, about),
    );
  return Object.freeze({
    explain: why,
    can: async (user, operation, resource = {}, about) => {
      try {
        if (isRight(operation))
          return await calls.question(user, operation, { kind: 'system' }, (principal) =>
            calls.holds(principal, operation),
          );
        const decision = await why(user, operation, resource, about);
        if (decision.couldNotTell === undefined) return decision.allowed;
        throw new CouldNotTell('could-not-tell', 'Could not tell whether this is allowed.');
      } catch (error) {
        if (error instanceof AccessDenied) return false;
        throw error;
      }
    },
  } satisfies Pick<Guard, 'can' | 'explain'>);
}

import { dutiesIn, DUTY } from '../../core/policies/duties/duty.js';
import { policyName } from '../../core/policies/entries.js';
import { readChanges } from '../../core/policy-kinds.js';
import type { PolicyChange } from '../../core/policy-set.js';
import { compareText } from '../../core/value.js';
import type { DutiesApi } from '../contract/duty-types.js';
import type { PolicyChangeOptions } from '../contract/policy-types.js';
import { atOnce } from './arguments.js';
import { removal, type PolicyCommands } from './policy-commands.js';
import type { InForce } from './policy-book.js';

/** Reads and changes the duties of the caller's tenant. */
export function dutiesApi(commands: PolicyCommands): DutiesApi {
  const change = (
    user: unknown,
    options: PolicyChangeOptions | undefined,
    make: (now: InForce) => PolicyChange[],
  ): Promise<{ version: number }> =>
    commands.changing(user, options, (call) => commands.assertPolicy(call), make);
  return Object.freeze({
    list: (user) =>
      commands.run(user, async (call, { set }) => {
        commands.assertPolicy(call);
        return [...dutiesIn(set)]
          .map(([name, duty]) => ({ name, ...duty }))
          .sort((a, b) => compareText(a.name, b.name));
      }),
    save: (name, duty, options, user) =>
      change(
        user,
        options,
        atOnce(() => readChanges([{ kind: DUTY, id: name, value: duty }])),
      ),
    remove: (name, options, user) => {
      const given = atOnce(() => policyName(name, 'A duty'));
      return change(user, options, (now) => removal(now, DUTY, given(), 'duty'));
    },
  } satisfies DutiesApi);
}

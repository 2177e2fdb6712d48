import { dutiesIn, DUTY } from '../../core/policies/duties/duty.js';
import { policyName } from '../../core/policies/entries.js';
import { readChanges } from '../../core/policy-set/kinds.js';
import { compareText } from '../../core/value.js';
import type { DutiesApi } from '../contract/duty-types.js';
import { atOnce } from '../contract/arguments.js';
import { removal, type PolicyCommands } from './policy-commands.js';

/** Reads and changes the duties of the caller's tenant. */
export function dutiesApi(commands: PolicyCommands): DutiesApi {
  return Object.freeze({
    list: (user) =>
      commands.run(user, async (call, { set }) => {
        commands.assertPolicy(call);
        return [...dutiesIn(set)]
          .map(([name, duty]) => ({ name, ...duty }))
          .sort((a, b) => compareText(a.name, b.name));
      }),
    save: (name, duty, options, user) =>
      commands.changing(
        user,
        options,
        atOnce(() => readChanges([{ kind: DUTY, id: name, value: duty }])),
      ),
    remove: (name, options, user) => {
      const given = atOnce(() => policyName(name, 'A duty'));
      return commands.changing(user, options, (now) => removal(now, DUTY, given(), 'duty'));
    },
  } satisfies DutiesApi);
}

import { notFound } from '../../core/errors.js';
import { count } from '../../core/options.js';
import { readChanges } from '../../core/policy-kinds.js';
import { needsRight } from '../../core/rights.js';
import { DUTY } from '../../core/policies/duties/duty.js';
import type { CommandParts } from '../enforcement/command-parts.js';
import type { PoliciesApi } from '../contract/policy-types.js';
import { atOnce, copyOf } from './arguments.js';
import { dutiesApi } from './duties-api.js';
import { checked, HISTORY_OPTIONS, PolicyCommands } from './policy-commands.js';
import { MANAGE, READ, securityRolesApi } from './security-roles-api.js';

const READ_OPTIONS = { version: count('versions', 0) };

/** Reads and changes the policy set of the caller's tenant. */
export function policiesApi({ calls, models }: Pick<CommandParts, 'calls' | 'models'>): PoliciesApi {
  const commands = new PolicyCommands(calls, models);
  return Object.freeze({
    version: (user) =>
      commands.run(user, async (call, now) => {
        if (!commands.holds(call, now, READ, MANAGE)) commands.assertPolicy(call);
        return now.set.version;
      }),
    read: (options, user) =>
      commands.run(user, async (call, now) => {
        commands.assertPolicy(call);
        const { version } = checked('policies.read', options, READ_OPTIONS);
        if (version !== undefined && version > now.set.version) throw notFound('version');
        const set = version === undefined ? now.set : await calls.book.at(commands.tenantOf(call), version);
        return { version: set.version, entries: [...set.changes()] };
      }),
    history: (options, user) =>
      commands.run(user, async (call) => {
        commands.assertPolicy(call);
        return commands.history(call, checked('policies.history', options, HISTORY_OPTIONS));
      }),
    apply: (changes, options, user) => {
      const given = atOnce(() => readChanges(changes));
      const how = copyOf(options);
      return commands.run(user, async (call, now) => {
        commands.assertPolicy(call);
        const read = given();
        if (read.some(({ kind }) => kind !== DUTY) && !commands.holds(call, now, MANAGE))
          throw needsRight(MANAGE);
        return commands.change(call, now, read, how);
      });
    },
    securityRoles: securityRolesApi(commands),
    duties: dutiesApi(commands),
  } satisfies PoliciesApi);
}

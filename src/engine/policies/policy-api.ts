import { notFound } from '../../core/errors.js';
import { count } from '../../core/options.js';
import { readChanges } from '../../core/policy-kinds.js';
import { needsRight } from '../../core/rights.js';
import type { Calls } from '../enforcement/calls.js';
import type { PoliciesApi } from '../contract/policy-types.js';
import { atOnce, copyOf } from './arguments.js';
import { checked, HISTORY_OPTIONS, PolicyCommands } from './policy-commands.js';
import { MANAGE, READ, securityRolesApi } from './security-roles-api.js';

const READ_OPTIONS = { version: count('versions', 0) };

/** Reads and changes the policy set of the caller's tenant. */
export function policiesApi(calls: Calls): PoliciesApi {
  const commands = new PolicyCommands(calls);
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
        // All kinds of entries are about security roles.
        if (!commands.holds(call, now, MANAGE)) throw needsRight(MANAGE);
        return commands.change(call, now, given(), how);
      });
    },
    securityRoles: securityRolesApi(commands),
  } satisfies PoliciesApi);
}

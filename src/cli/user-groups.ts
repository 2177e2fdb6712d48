import { userDirectory } from '../engine/users/directory.js';
import { accessFacts, tenantOfUser } from '../engine/users/access-facts.js';
import { checkUser, checkUserName } from '../engine/users/user-input.js';
import { ADMIN, normaliseName, SYSTEM } from '../core/principal.js';
import { UsageError } from './io.js';
import { leavingSomebody } from './last-manager.js';
import type { Run } from './maintenance.js';
import { readArguments, tellCommas } from './options.js';
import { record } from './record.js';
import { withStore } from './store.js';

function groupsIn(values: readonly string[] = []): string[] {
  return values.map((value) => {
    const group = normaliseName(value);
    if (group === undefined) throw new UsageError('The name of a group is a non-empty text');
    return group;
  });
}

/** Shows the groups of a user, and adds or removes some. */
export const groupsOfUser: Run = (args, io) => {
  const { values, given } = readArguments(args, ['user name'], {
    add: { type: 'string', multiple: true },
    remove: { type: 'string', multiple: true },
  });
  const name = checkUserName(given[0]);
  const [added, removed] = [groupsIn(values.add), groupsIn(values.remove)];
  const both = added.find((group) => removed.includes(group));
  if (both !== undefined) throw new UsageError(`--add and --remove name the same group: ${both}`);
  tellCommas(io, { add: values.add, remove: values.remove });
  return withStore(values, io, async (store) => {
    const directory = userDirectory(store);
    const before = await directory.find(name);
    if (before === undefined) {
      io.err(`There is no user ${name}.`);
      return 1;
    }
    const kept = before.userGroups.filter((group) => !removed.includes(group));
    const after = checkUser({ ...before, userGroups: [...kept, ...added] });
    if (added.length + removed.length > 0) {
      const { userGroups = [] } = after;
      const isChanged = await leavingSomebody(store, directory)(name, { userGroups }, () =>
        directory.change(name, { userGroups }, before),
      );
      if (!isChanged) {
        io.err(`There is no user ${name} any more.`);
        return 1;
      }
      const { disabled } = before;
      await record(store, 'set groups', name, {
        ...tenantOfUser(before),
        before: accessFacts(before),
        after: accessFacts({ ...after, disabled }),
      });
      if (added.some((group) => group === ADMIN || group === SYSTEM))
        io.err(`${name} is now an administrator; running processes see it within 5 s.`);
    }
    for (const group of removed)
      io.err(
        before.userGroups.includes(group) ? `${name} has left ${group}.` : `${name} was not in ${group}.`,
      );
    for (const group of after.userGroups ?? []) io.out(group);
    if (after.userGroups?.length === 0) io.err(`${name} is in no group.`);
    return 0;
  });
};

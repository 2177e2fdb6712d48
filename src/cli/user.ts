import { ADMIN, SYSTEM } from '../core/principal.js';
import { userDirectory, type UserDirectory } from '../engine/users/directory.js';
import { accessFacts, tenantOfUser } from '../engine/users/access-facts.js';
import { checkUser, checkUserName } from '../engine/users/user-input.js';
import { UsageError } from './io.js';
import { leavingSomebody, type Leaving } from './last-manager.js';
import type { Run } from './maintenance.js';
import { readArguments, tellCommas } from './options.js';
import { record } from './record.js';
import { readPassword } from './secret.js';
import { withStore } from './store.js';
import { table } from './table.js';

/** `name=value`; the value is parsed as JSON if possible, otherwise taken as text. */
function attribute(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError('--attribute must be name=value');
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value) as unknown];
  } catch {
    return [text.slice(0, at), value];
  }
}

const hasAdministrator = async (directory: UserDirectory, tenantId: string | null): Promise<boolean> =>
  (await directory.hasMembers(ADMIN, tenantId)) || directory.hasMembers(SYSTEM, null);

/** Adds a user; the password is entered at the terminal or piped in. */
export const addUser: Run = async (args, io) => {
  const { values, given } = readArguments(args, ['user name'], {
    group: { type: 'string', multiple: true },
    tenant: { type: 'string' },
    'models-owner': { type: 'string' },
    attribute: { type: 'string', multiple: true },
    'without-password': { type: 'boolean' },
  });
  tellCommas(io, { group: values.group });
  const user = checkUser({
    userName: given[0] as string,
    userGroups: values.group ?? [],
    tenantId: values.tenant ?? null,
    modelsOwner: values['models-owner'] ?? null,
    attributes: Object.fromEntries((values.attribute ?? []).map(attribute)),
  });
  const password = values['without-password'] === true ? undefined : await readPassword(io);
  return withStore(values, io, async (store) => {
    const directory = userDirectory(store);
    if (!(await directory.add(user, password))) {
      io.err(`The user ${user.userName} exists already.`);
      return 1;
    }
    await record(store, 'add user', user.userName, {
      ...tenantOfUser(user),
      after: accessFacts(user),
    });
    io.out(`Added ${user.userName}.`);
    if (!(await hasAdministrator(directory, user.tenantId ?? null)))
      io.err(`There is no administrator yet: bpmn-guard user groups ${user.userName} --add ADMIN makes one.`);
    return 0;
  });
};

/** Changes one existing user. */
function change(
  args: readonly string[],
  io: Parameters<Run>[1],
  what: string,
  done: string,
  work: (directory: UserDirectory, name: string, leaving: Leaving) => Promise<boolean>,
): Promise<number> {
  const { values, given } = readArguments(args, ['user name'], {});
  const name = checkUserName(given[0]);
  return withStore(values, io, async (store) => {
    const directory = userDirectory(store);
    const before = await directory.find(name);
    if (!(await work(directory, name, leavingSomebody(store, directory)))) {
      io.err(`There is no user ${name}.`);
      return 1;
    }
    const after = await directory.find(name);
    await record(store, what, name, {
      ...(before === undefined ? {} : { ...tenantOfUser(before), before: accessFacts(before) }),
      ...(after === undefined ? {} : { after: accessFacts(after) }),
    });
    io.out(`${done} ${name}; running processes see it within 5 s.`);
    return 0;
  });
}

export const disableUser: Run = async (args, io) =>
  change(args, io, 'disable user', 'Disabled', (directory, name, leaving) =>
    leaving(name, { disabled: true }, () => directory.change(name, { disabled: true })),
  );
export const enableUser: Run = async (args, io) =>
  change(args, io, 'enable user', 'Enabled', (directory, name) =>
    directory.change(name, { disabled: false }),
  );
/** Removes a user from the store. The name stays in its history and on tasks assigned to it. */
export const removeUser: Run = async (args, io) =>
  change(args, io, 'remove user', 'Removed', (directory, name, leaving) =>
    leaving(name, { disabled: true }, () => directory.remove(name)),
  );
export const setPassword: Run = async (args, io) =>
  change(
    args,
    io,
    'set password',
    'Changed the password of',
    async (directory, name) =>
      (await directory.find(name)) !== undefined && directory.setPassword(name, await readPassword(io)),
  );

/** Lists the users, without passwords and hashes. */
export const listUsers: Run = (args, io) => {
  const { values } = readArguments(args, [], { json: { type: 'boolean' } });
  return withStore(values, io, async (store) => {
    const users = await userDirectory(store).list();
    if (values.json === true) for (const user of users) io.out(JSON.stringify(user));
    else {
      const rows = users.map((user) => [
        user.userName,
        user.userGroups.join(', '),
        user.tenantId ?? '',
        user.disabled ? 'disabled' : user.hasPassword ? 'active' : 'no password',
      ]);
      for (const line of table(['name', 'groups', 'tenant', 'state'], rows)) io.out(line);
    }
    return 0;
  });
};

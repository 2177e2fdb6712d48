import { wallClock } from '../core/clock.js';
import { messageOf } from '../core/thrown.js';
import { apiKeys, type ApiKey, type ApiKeys } from '../express/keys.js';
import { createdFacts, revokedFacts } from '../express/key-facts.js';
import type { ActsFor, NewKey } from '../express/key-input.js';
import { userDirectory } from '../engine/users/directory.js';
import type { Store } from '../store/port.js';
import { dayOf } from './day.js';
import { NotDone, UsageError, type Io } from './io.js';
import type { Run } from './maintenance.js';
import { readArguments, tellCommas } from './options.js';
import { record } from './record.js';
import { withStore } from './store.js';
import { minute, table } from './table.js';

function actsFor(
  anyone: boolean | undefined,
  users: readonly string[] = [],
  groups: readonly string[] = [],
): ActsFor {
  const some = users.length + groups.length > 0;
  if (anyone === true && some) throw new UsageError('--for-anyone excludes --for-user and --for-group');
  return anyone === true ? 'anyone' : some ? { users, groups } : 'itself';
}

const boundTo = ({ tenantId }: ApiKey): Pick<ApiKey, 'tenantId'> =>
  tenantId === undefined ? {} : { tenantId };

/** Revokes a key that nobody has been given. @throws NotDone, which says whether it is still in use */
async function withdraw(store: Store, keys: ApiKeys, key: ApiKey, error: unknown): Promise<never> {
  const why = messageOf(error);
  try {
    await keys.revoke(key.name, boundTo(key));
  } catch (again) {
    throw new NotDone(
      `The key could not be handed over: ${why}\nNor could it be revoked: ${messageOf(again)}\n` +
        `Nobody has its text; bpmn-guard key revoke ${key.name} ends it.`,
    );
  }
  const outcome = `The key could not be handed over, so it is revoked: ${why}`;
  try {
    await record(store, 'revoke key', key.name, await revokedFacts(keys, [key], key.name, boundTo(key)));
  } catch (again) {
    throw new NotDone(`${outcome}\n${messageOf(again)}`);
  }
  throw new NotDone(outcome);
}

/** Tells of users whom the store does not have. They are not refused: an application may keep users elsewhere. */
async function tellUnknown(store: Store, names: readonly string[], io: Pick<Io, 'err'>): Promise<void> {
  if (names.length === 0) return;
  const directory = userDirectory(store);
  if ((await directory.list()).length === 0) return;
  for (const name of names)
    if ((await directory.find(name)) === undefined)
      io.err(`There is no user ${name} in this store; the key acts for whoever gets that name.`);
}

/** Creates a key; only its text is written to standard output. */
export const createKey: Run = (args, io) => {
  const { values, given } = readArguments(args, ['key name'], {
    'for-anyone': { type: 'boolean' },
    'for-user': { type: 'string', multiple: true },
    'for-group': { type: 'string', multiple: true },
    group: { type: 'string', multiple: true },
    tenant: { type: 'string' },
    'without-tenant': { type: 'boolean' },
    expires: { type: 'string' },
    'dangerously-act-for-administrators': { type: 'string' },
    'dangerously-act-for-designers': { type: 'string' },
  });
  if (values.tenant !== undefined && values['without-tenant'] === true)
    throw new UsageError('--tenant excludes --without-tenant');
  const expires = values.expires === undefined ? undefined : dayOf(values.expires, '--expires');
  const forAdministrators = values['dangerously-act-for-administrators'];
  const forDesigners = values['dangerously-act-for-designers'];
  const options: NewKey = {
    actsFor: actsFor(values['for-anyone'], values['for-user'], values['for-group']),
    groups: values.group ?? [],
    ...(values['without-tenant'] === true
      ? { tenantId: null }
      : values.tenant === undefined
        ? {}
        : { tenantId: values.tenant }),
    ...(expires === undefined ? {} : { expires }),
    ...(forAdministrators === undefined ? {} : { dangerouslyActsForAdministrators: forAdministrators }),
    ...(forDesigners === undefined ? {} : { dangerouslyActsForDesigners: forDesigners }),
  };
  tellCommas(io, { group: values.group, 'for-user': values['for-user'], 'for-group': values['for-group'] });
  return withStore(values, io, async (store) => {
    await tellUnknown(store, values['for-user'] ?? [], io);
    const keys = apiKeys(store, { env: {} });
    const { text, key } = await keys.create(given[0] as string, options);
    try {
      await record(store, 'create key', key.name, createdFacts(key));
      if (forAdministrators !== undefined)
        io.err('This key acts for administrators: its holder can do everything.');
      else if (forDesigners !== undefined)
        io.err('This key acts for designers: its holder can run code on the server.');
      io.err('The key is shown only once; keep it:');
      await io.handOver(text);
    } catch (error) {
      await withdraw(store, keys, key, error);
    }
    return 0;
  });
};

function forWhom({ actsFor: who }: ApiKey): string {
  if (typeof who === 'string') return who;
  return [
    ...(who.users ?? []).map((name) => `user ${name}`),
    ...(who.groups ?? []).map((name) => `group ${name}`),
  ].join(', ');
}

function privileged(key: ApiKey): string {
  if (key.dangerouslyActsForAdministrators !== undefined) return ' (administrators too)';
  return key.dangerouslyActsForDesigners === undefined ? '' : ' (designers too)';
}

function state({ revoked, expires }: ApiKey): string {
  if (revoked !== undefined) return `revoked ${minute(revoked)}`;
  if (expires === undefined) return 'in use';
  return `${expires.getTime() <= wallClock() ? 'expired' : 'until'} ${minute(expires)}`;
}

/** Lists the keys, without their texts. */
export const listKeys: Run = (args, io) => {
  const { values } = readArguments(args, [], { json: { type: 'boolean' } });
  return withStore(values, io, async (store) => {
    const keys = await apiKeys(store, { env: {} }).list();
    if (values.json === true) for (const key of keys) io.out(JSON.stringify(key));
    else {
      const rows = keys.map((key) => [
        key.name,
        key.id,
        forWhom(key) + privileged(key),
        key.groups.join(', '),
        key.tenantId === undefined ? 'any' : (key.tenantId ?? 'none'),
        state(key),
        minute(key.lastUsed),
      ]);
      for (const line of table(['name', 'id', 'acts for', 'groups', 'tenant', 'state', 'last used'], rows))
        io.out(line);
    }
    return 0;
  });
};

/** Revokes a key. */
export const revokeKey: Run = (args, io) => {
  const { values, given } = readArguments(args, ['key name'], {
    tenant: { type: 'string' },
    'without-tenant': { type: 'boolean' },
    'any-tenant': { type: 'boolean' },
  });
  const name = given[0] as string;
  const { tenant, 'without-tenant': without, 'any-tenant': any } = values;
  const which = [
    ...(tenant === undefined ? [] : [{ tenantId: tenant }]),
    ...(without === true ? [{ tenantId: null }] : []),
    ...(any === true ? [{}] : []),
  ];
  if (which.length > 1) throw new UsageError('Use only one of --tenant, --without-tenant and --any-tenant');
  return withStore(values, io, async (store) => {
    const keys = apiKeys(store, { env: {} });
    const before = await keys.list();
    if (!(await keys.revoke(name, which[0]))) {
      io.err(`No key named ${name} is in use.`);
      return 1;
    }
    await record(store, 'revoke key', name, await revokedFacts(keys, before, name, which[0]));
    io.out('Revoked; running processes refuse it within 5 s.');
    return 0;
  });
};

import { wallClock } from '../core/clock.js';
import { apiKeys, type ApiKey } from '../express/keys.js';
import { keyFacts } from '../express/key-facts.js';
import type { ActsFor, NewKey } from '../express/key-input.js';
import { UsageError } from './io.js';
import type { Run } from './maintenance.js';
import { readArguments } from './options.js';
import { record } from './record.js';
import { withStore } from './store.js';
import { minute, table } from './table.js';

const DAY = 86_400_000;

function expiry(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const [, days] = /^([1-9]\d{0,4})d$/.exec(text) ?? [];
  const date = days === undefined ? new Date(text) : new Date(wallClock() + Number(days) * DAY);
  const [day] = /^\d{4}-\d{2}-\d{2}/.exec(text) ?? [];
  // JavaScript takes the 31st of February for the 3rd of March.
  const isDay = day !== undefined && new Date(day).toJSON()?.startsWith(day);
  if (Number.isNaN(date.getTime()) || (days === undefined && !isDay))
    throw new UsageError('--expires takes days, such as 90d, or a date, such as 2030-12-31');
  return date;
}

function actsFor(
  anyone: boolean | undefined,
  users: readonly string[] = [],
  groups: readonly string[] = [],
): ActsFor {
  const some = users.length + groups.length > 0;
  if (anyone === true && some) throw new UsageError('--for-anyone goes without --for-user and --for-group');
  return anyone === true ? 'anyone' : some ? { users, groups } : 'itself';
}

/** Makes a key; its text alone is written to the standard output. */
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
  });
  if (values.tenant !== undefined && values['without-tenant'] === true)
    throw new UsageError('--tenant goes without --without-tenant');
  const expires = expiry(values.expires);
  const reason = values['dangerously-act-for-administrators'];
  const options: NewKey = {
    actsFor: actsFor(values['for-anyone'], values['for-user'], values['for-group']),
    groups: values.group ?? [],
    ...(values['without-tenant'] === true
      ? { tenantId: null }
      : values.tenant === undefined
        ? {}
        : { tenantId: values.tenant }),
    ...(expires === undefined ? {} : { expires }),
    ...(reason === undefined ? {} : { dangerouslyActsForAdministrators: reason }),
  };
  return withStore(values, io, async (store) => {
    const { text, key } = await apiKeys(store, { env: {} }).create(given[0] as string, options);
    await record(store, 'create key', key.name, { after: keyFacts(key) });
    if (reason !== undefined) io.err('This key acts for administrators: whoever has it can do everything.');
    io.err('The key is shown this once; keep it:');
    io.out(text);
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
        forWhom(key) + (key.dangerouslyActsForAdministrators === undefined ? '' : ' (administrators too)'),
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

/** Ends a key. */
export const revokeKey: Run = (args, io) => {
  const { values, given } = readArguments(args, ['key name'], {});
  const name = given[0] as string;
  return withStore(values, io, async (store) => {
    const keys = apiKeys(store, { env: {} });
    const live = (await keys.list()).find((key) => key.name === name && key.revoked === undefined);
    if (!(await keys.revoke(name))) {
      io.err(`No key of the name ${name} is in use.`);
      return 1;
    }
    const ended = (await keys.list()).find(({ id }) => id === live?.id);
    await record(store, 'revoke key', name, {
      ...(live === undefined ? {} : { before: keyFacts(live) }),
      ...(ended === undefined ? {} : { after: keyFacts(ended) }),
    });
    io.out('Revoked; running processes refuse it within 5 s.');
    return 0;
  });
};

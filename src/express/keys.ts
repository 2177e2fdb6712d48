import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { today, wallClock } from '../core/clock.js';
import { BadInput, Conflict } from '../core/errors.js';
import {
  assertOptions,
  badConfiguration,
  checkedLater,
  ENVIRONMENT,
  LOGGER,
  type OptionsOf,
} from '../core/options.js';
import { Recent, seldom } from '../core/recent.js';
import { readApiKey } from '../engine/contract/environment.js';
import { safeLogger } from '../engine/contract/outlet.js';
import type { GuardLogger } from '../engine/contract/types.js';
import type { Store } from '../store/port.js';
import { checkKey, checkTenant, ENVIRONMENT_KEY, type ActsFor, type NewKey } from './key-input.js';

/** A key without its text, which is shown once, and without the hash. */
export interface ApiKey {
  /** The public part of the text, between `bg_` and the second underscore. */
  readonly id: string;
  /** A program that acts for nobody else is the principal `key:<name>`. */
  readonly name: string;
  readonly actsFor: ActsFor;
  /** Groups of the program itself. */
  readonly groups: readonly string[];
  /**
   * The only tenant for whose users it may act; null: users without a tenant; missing: any. Also the program's own
   * tenant.
   */
  readonly tenantId?: string | null;
  /** Why it may act with ADMIN, SYSTEM and DESIGNER; missing: it may not. */
  readonly dangerouslyActsForAdministrators?: string;
  /** Why it may act with DESIGNER; missing: it may not. */
  readonly dangerouslyActsForDesigners?: string;
  readonly created?: Date;
  readonly expires?: Date;
  readonly revoked?: Date;
  /** Precise to the minute; missing: never used. */
  readonly lastUsed?: Date;
}

/** The keys of programs that call over HTTP. For trusted code; `keyAdmin` asks the rules first. */
export interface ApiKeys {
  /**
   * Creates a key. Its text is only in the result, and nowhere else.
   * @throws BadInput `bad-request`; Conflict `conflict` if a key of that name and tenant is in use
   */
  create(name: string, options?: NewKey): Promise<{ readonly text: string; readonly key: ApiKey }>;
  /** All keys, including ended ones, ordered by name; without the key in the environment. */
  list(): Promise<ApiKey[]>;
  /**
   * Revokes the active key of that name: at once in this process, within 5 s in others. Returns false if there was
   * none.
   * @param of the tenant it is bound to: `{ tenantId: 'acme' }`, `{ tenantId: null }` for users without a tenant,
   * `{}` for any tenant; missing: whatever it is bound to
   * @throws Conflict `ambiguous` if that is missing and several tenants have a key of that name
   */
  revoke(name: string, of?: Pick<ApiKey, 'tenantId'>): Promise<boolean>;
  /** The active key with that text. @throws CouldNotTell if the store does not answer */
  find(text: unknown): Promise<ApiKey | undefined>;
}

/** Options of {@link apiKeys}. */
export interface ApiKeysOptions {
  /** Environment with API_KEY and NODE_ENV; default `process.env`, also for a NODE_ENV that it does not contain. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Receives the warning about a guessable API_KEY outside production; default `process.emitWarning`. */
  readonly logger?: GuardLogger;
  /** Lets API_KEY act with ADMIN, SYSTEM and DESIGNER: its holder can do everything. The reason, as text. */
  readonly dangerouslyLetApiKeyActForAdministrators?: string;
  /** Lets API_KEY act with DESIGNER: its holder can run code on the server. The reason, as text. */
  readonly dangerouslyLetApiKeyActForDesigners?: string;
}

/** Option table of {@link apiKeys}. */
export const API_KEYS_OPTIONS = {
  env: ENVIRONMENT,
  logger: LOGGER,
  dangerouslyLetApiKeyActForAdministrators: checkedLater('the reason, as text'),
  dangerouslyLetApiKeyActForDesigners: checkedLater('the reason, as text'),
} satisfies OptionsOf<ApiKeysOptions>;

interface StoredKey extends Omit<ApiKey, 'lastUsed' | 'id'> {
  /** SHA-256 of the text, hexadecimal. The text has 256 random bits, so a slow hash would add nothing. */
  readonly hash: string;
}

const FORM = /^bg_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;
const LONGEST = 512;
const DIGEST_BYTES = 32;
/** How long keys are cached, and how often their use is written, in milliseconds. */
const CACHE = 5000;
const USE = 60_000;

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
/** Whether it is not accepted any more. */
export const isEnded = ({ expires, revoked }: Pick<ApiKey, 'expires' | 'revoked'>): boolean =>
  revoked !== undefined || (expires !== undefined && expires.getTime() <= wallClock());

function shown(id: string, { hash: _hash, ...stored }: StoredKey): ApiKey {
  // The store keeps missing fields as null; for the tenant, null has its own meaning.
  const kept = Object.entries(stored).filter(
    ([field, value]) => value !== undefined && (value !== null || field === 'tenantId'),
  );
  return Object.freeze({ id, ...Object.fromEntries(kept) }) as ApiKey;
}

/** The key in the environment, as upstream has it. */
function environmentKey(options: ApiKeysOptions): { key: ApiKey; hash: Buffer } | undefined {
  const reason = (name: 'Administrators' | 'Designers'): object => {
    const option = `dangerouslyLetApiKeyActFor${name}` as const;
    const value: unknown = options[option];
    if (value === undefined) return {};
    if (typeof value !== 'string' || value.trim() === '')
      throw badConfiguration(`${option} must be the reason, as text.`);
    return { [`dangerouslyActsFor${name}`]: value };
  };
  const reasons = { ...reason('Administrators'), ...reason('Designers') };
  const logger = options.logger === undefined ? undefined : safeLogger(options.logger);
  const warn = (message: string): void =>
    logger === undefined ? process.emitWarning(message) : logger.warn(message);
  const text = readApiKey(warn, options.env);
  if (text === undefined) return undefined;
  const key: ApiKey = Object.freeze({
    id: ENVIRONMENT_KEY,
    name: ENVIRONMENT_KEY,
    actsFor: 'anyone',
    groups: [],
    ...reasons,
  });
  return { key, hash: digest(text) };
}

/**
 * The keys in a store, and API_KEY. Without either, no key is accepted.
 * @throws BadInput `bad-environment` when API_KEY cannot be one, or is easily guessed in production;
 * `bad-configuration` for a bad option
 * @example
 * const keys = apiKeys(store);
 * const { text, key } = await keys.create('erp', { actsFor: 'anyone', tenantId: 'acme' });
 */
export function apiKeys(store: Pick<Store, 'values'>, options: ApiKeysOptions = {}): ApiKeys {
  if (typeof (store as Partial<Store> | undefined)?.values !== 'function')
    throw new TypeError('apiKeys needs the store of the guard, from openStore or guard.store.');
  assertOptions('apiKeys', options, API_KEYS_OPTIONS);
  const stored = store.values('keys');
  // Stored apart from the keys, so that recording a use cannot restore a key revoked in the meantime.
  const uses = store.values('keys-used');
  const fromEnvironment = environmentKey(options);
  const written = new Recent<string, true>(USE);
  const current = seldom(CACHE, read);

  async function read(): Promise<ReadonlyMap<string, { key: ApiKey; hash: Buffer }>> {
    const entries = (await stored.entries()) as [string, StoredKey][];
    const rows = entries.map(
      ([id, value]) => [id, { key: shown(id, value), hash: Buffer.from(value.hash, 'hex') }] as const,
    );
    return new Map(rows.filter(([, { hash }]) => hash.length === DIGEST_BYTES));
  }

  async function use(id: string): Promise<void> {
    if (written.get(id) === true) return;
    written.set(id, true);
    const last = await uses.get(id);
    // Another process may have written it; a future time comes from a wrong clock.
    const age = last instanceof Date ? wallClock() - last.getTime() : USE;
    if (age < 0 || age >= USE) await uses.set(id, today());
  }

  return Object.freeze({
    async create(name, wanted = {}) {
      const checked = checkKey(name, wanted);
      const id = randomBytes(8).toString('hex');
      const isSame = ({ key }: { key: ApiKey }): boolean =>
        key.name === checked.name && key.tenantId === checked.tenantId && !isEnded(key) && key.id !== id;
      const isInUse = async (): Promise<boolean> => [...(await read()).values()].some(isSame);
      const inUse = (): Conflict =>
        new Conflict('conflict', 'A key of that name is in use; revoke it first.');
      if (await isInUse()) throw inUse();
      const text = `bg_${id}_${randomBytes(32).toString('base64url')}`;
      const row: StoredKey = { ...checked, created: today(), hash: digest(text).toString('hex') };
      try {
        await stored.set(id, row);
        // Another one may have been created at the same time. Both may withdraw then; neither is known to anybody yet.
        if (await isInUse()) throw inUse();
      } catch (error) {
        // Nobody has its text: left behind, it would only keep others from the name.
        await stored.delete(id).catch(() => false);
        throw error;
      }
      current.forget();
      return { text, key: shown(id, row) };
    },

    async list() {
      const [keys, used] = await Promise.all([read(), uses.entries()]);
      const last = new Map(used as [string, Date][]);
      const rows = [...keys].map(([id, { key }]) =>
        last.has(id) ? Object.freeze({ ...key, lastUsed: last.get(id) as Date }) : key,
      );
      return rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
    },

    async revoke(name, of) {
      if (of !== undefined)
        assertOptions(
          'revoke',
          of,
          { tenantId: checkedLater('') },
          (text) => new BadInput('bad-request', text),
        );
      const live = ((await stored.entries()) as [string, StoredKey][])
        .map(([id, value]) => ({ id, value, key: shown(id, value) }))
        .filter(({ key }) => key.name === name && !isEnded(key));
      const tenantId = checkTenant(of?.tenantId);
      const mine = of === undefined ? live : live.filter(({ key }) => key.tenantId === tenantId);
      if (new Set(mine.map(({ key }) => key.tenantId)).size > 1)
        throw new Conflict('ambiguous', 'Several tenants have a key of that name; name the tenant.');
      try {
        for (const { id, value } of mine) await stored.set(id, { ...value, revoked: today() });
      } finally {
        // Also after a failure: some may be revoked.
        current.forget();
      }
      return mine.length > 0;
    },

    async find(text) {
      if (typeof text !== 'string' || text.length > LONGEST) return undefined;
      const given = digest(text);
      const [, id] = FORM.exec(text) ?? [];
      const named = id === undefined ? undefined : (await current()).get(id);
      // Each text is compared twice, if need be with a dummy, so that timing reveals nothing.
      const isEnvironment =
        timingSafeEqual(given, fromEnvironment?.hash ?? Buffer.alloc(DIGEST_BYTES)) &&
        fromEnvironment !== undefined;
      const isNamed =
        timingSafeEqual(given, named?.hash ?? Buffer.alloc(DIGEST_BYTES)) && named !== undefined;
      if (isEnvironment) return fromEnvironment.key;
      if (!isNamed || isEnded(named.key)) return undefined;
      // Not awaited: failing to record a use is no reason to refuse.
      void use(named.key.id).catch(() => undefined);
      return named.key;
    },
  } satisfies ApiKeys);
}

import { today } from '../core/clock.js';
import type { AuditEntry } from '../store/port.js';
import { checkTenant, REASONS } from './key-input.js';
import { isEnded, type ApiKey, type ApiKeys } from './keys.js';

type Facts = Readonly<Record<string, unknown>>;

/** The audit facts of a key that was created or revoked: everything that decides about access, never its text. */
function keyFacts(key: ApiKey): Facts {
  const { id, actsFor, groups, tenantId, expires, revoked } = key;
  return {
    id,
    actsFor,
    groups: [...groups],
    // Missing is any tenant, null is none.
    tenantId: tenantId === undefined ? 'any' : tenantId,
    expires: expires ?? null,
    revoked: revoked ?? null,
    ...Object.fromEntries(REASONS.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]]))),
  };
}

type Change = Pick<AuditEntry, 'after' | 'tenantId'>;

/** The tenant whose administrators see what happens to a key. */
const tenantOf = ({ tenantId }: Pick<ApiKey, 'tenantId'>): Pick<Change, 'tenantId'> =>
  typeof tenantId === 'string' ? { tenantId } : {};

/** A key that was created. */
export const createdFacts = (key: ApiKey): Change => ({ ...tenantOf(key), after: keyFacts(key) });

interface Revoked extends Change {
  readonly before: Facts;
}

/**
 * The keys that were revoked, all of one tenant, before and after. They are revoked, also if they cannot be read again:
 * then the entry has what was asked for.
 * @param before the keys as they were before `revoke(name, of)`, which answered true
 */
export async function revokedFacts(
  keys: Pick<ApiKeys, 'list'>,
  before: readonly ApiKey[],
  name: string,
  of: Pick<ApiKey, 'tenantId'> | undefined,
): Promise<Revoked> {
  const isMeant = (key: ApiKey): boolean =>
    key.name === name && !isEnded(key) && (of === undefined || key.tenantId === checkTenant(of.tenantId));
  const asAsked = (): ApiKey[] => before.map((key) => (isMeant(key) ? { ...key, revoked: today() } : key));
  return factsOf(before, await keys.list().catch(asAsked));
}

function factsOf(before: readonly ApiKey[], after: readonly ApiKey[]): Revoked {
  const ended = after.filter(
    (key) =>
      key.revoked !== undefined && before.some(({ id, revoked }) => id === key.id && revoked === undefined),
  );
  const were = before.filter(({ id }) => ended.some((key) => key.id === id));
  const told = (keys: readonly ApiKey[]): Facts => {
    const [first, ...more] = keys.map(keyFacts);
    return first === undefined || more.length > 0 ? { keys: keys.map(keyFacts) } : first;
  };
  return { ...tenantOf(ended[0] ?? {}), before: told(were), after: told(ended) };
}

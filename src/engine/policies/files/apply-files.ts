import { today } from '../../../core/clock.js';
import { isGuardError } from '../../../core/errors.js';
import type { PolicyChange } from '../../../core/policy-set.js';
import type { Store } from '../../../store/port.js';
import type { PolicyBook } from '../policy-book.js';
import { fileChanges, refusal, setFromFiles, type PolicyFiles, type TenantFiles } from './policy-files.js';

/** Attempts when others change the policies at the same moment. */
const ATTEMPTS = 10;
/** Where the tenants are kept whose policies come from files, so that removed files are noticed. */
const KEPT = { space: 'guard', key: 'policy-file-tenants' } as const;

/** What applying files changed for one tenant. */
export interface Applied {
  readonly tenantId: string | null;
  /** The new version. */
  readonly version: number;
  readonly changes: readonly PolicyChange[];
}

/** Who applies files, for the history. */
export interface Author {
  readonly userName: string;
  readonly reason?: string | undefined;
}

const tenantsKept = async (store: Store): Promise<(string | null)[]> =>
  ((await store.values(KEPT.space).get(KEPT.key)) as (string | null)[] | undefined) ?? [];

/** What files say, with the tenants of which they say nothing any more. */
async function allTenants(store: Store, { tenants }: PolicyFiles): Promise<readonly TenantFiles[]> {
  const gone = (await tenantsKept(store)).filter((id) => !tenants.some(({ tenantId }) => tenantId === id));
  return [...tenants, ...gone.map((tenantId) => ({ tenantId, statements: [] }))];
}

async function plan(
  book: PolicyBook,
  { tenantId, statements }: TenantFiles,
): Promise<{ readonly changes: PolicyChange[]; apply(by: Author): Promise<Applied> }> {
  const { set } = await book.current(tenantId);
  const changes = fileChanges(set, statements);
  const after = setFromFiles(set, changes, statements);
  return {
    changes,
    async apply({ userName, reason }) {
      const facts = {
        time: today(),
        userName,
        source: 'file',
        ...(reason !== undefined && { reason }),
      } as const;
      const { set: now } = await book.change(tenantId, after, facts, changes);
      return { tenantId, version: now.version, changes };
    },
  };
}

/** Changes that applying the files would make, by tenant. @throws BadInput `bad-policy`, with file and line */
export async function plannedChanges(
  store: Store,
  book: PolicyBook,
  files: PolicyFiles,
): Promise<{ readonly tenantId: string | null; readonly changes: readonly PolicyChange[] }[]> {
  if (files.mistakes.length > 0) throw refusal(files.mistakes);
  const planned = [];
  for (const tenant of await allTenants(store, files)) {
    const { changes } = await plan(book, tenant);
    if (changes.length > 0) planned.push({ tenantId: tenant.tenantId, changes });
  }
  return planned;
}

/**
 * Makes what files say the policies in force: one version for each tenant whose entries change. What no file states
 * any more is removed; what was made through the API stays. The files of all tenants are checked before the first
 * version is stored.
 * @throws BadInput `bad-policy`, with file and line: nothing was applied
 */
export async function applyFiles(
  store: Store,
  book: PolicyBook,
  files: PolicyFiles,
  by: Author,
): Promise<Applied[]> {
  await plannedChanges(store, book, files);
  const tenants = await allTenants(store, files);
  // Before the versions: a tenant that is named without need costs a look, one that is missing would keep its entries.
  await store.values(KEPT.space).set(
    KEPT.key,
    tenants.map(({ tenantId }) => tenantId),
  );
  const applied: Applied[] = [];
  for (const tenant of tenants) {
    const done = await applyOne(book, tenant, by);
    if (done !== undefined) applied.push(done);
  }
  return applied;
}

async function applyOne(book: PolicyBook, tenant: TenantFiles, by: Author): Promise<Applied | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { changes, apply } = await plan(book, tenant);
    if (changes.length === 0) return undefined;
    try {
      return await apply(by);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isGuardError(error) || error.code !== 'conflict') throw error;
    }
  }
}

import { today } from '../../../core/clock.js';
import { isGuardError } from '../../../core/errors.js';
import { changedSet } from '../../../core/policy-kinds.js';
import type { PolicyChange, PolicySet } from '../../../core/policy-set.js';
import type { Store } from '../../../store/port.js';
import type { PolicyBook } from '../policy-book.js';
import { assertFitModels, type ModelNames } from '../known-names.js';
import { fileChanges, placedInFiles, refusal, type PolicyFiles, type TenantFiles } from './policy-files.js';

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

/** Where policy files are applied. */
export interface FilesTarget {
  readonly store: Store;
  readonly book: PolicyBook;
  /** The models of an owner, which the files may name. */
  readonly namesOf: (owner: string | null) => ModelNames;
  /** The files may name models that do not exist yet. */
  readonly allowUnknownModels: boolean;
}

interface Plan {
  readonly tenant: TenantFiles;
  readonly changes: readonly PolicyChange[];
  readonly after: PolicySet;
}

/** @throws BadInput `bad-policy`, with file and line */
async function plan({ book, namesOf, allowUnknownModels }: FilesTarget, tenant: TenantFiles): Promise<Plan> {
  const { tenantId, statements } = tenant;
  const { set } = await book.current(tenantId);
  const changes = fileChanges(set, statements);
  return placedInFiles(statements, async () => {
    const after = changedSet(set, changes);
    await assertFitModels(namesOf(tenantId), changes, allowUnknownModels);
    return { tenant, changes, after };
  });
}

/** What applying the files would do, for each tenant. @throws BadInput `bad-policy`, with file and line */
async function plans(target: FilesTarget, files: PolicyFiles): Promise<Plan[]> {
  if (files.mistakes.length > 0) throw refusal(files.mistakes);
  const planned: Plan[] = [];
  for (const tenant of await allTenants(target.store, files)) planned.push(await plan(target, tenant));
  return planned;
}

/** Changes that applying the files would make, by tenant. @throws BadInput `bad-policy`, with file and line */
export async function plannedChanges(
  target: FilesTarget,
  files: PolicyFiles,
): Promise<{ readonly tenantId: string | null; readonly changes: readonly PolicyChange[] }[]> {
  return (await plans(target, files))
    .filter(({ changes }) => changes.length > 0)
    .map(({ tenant: { tenantId }, changes }) => ({ tenantId, changes }));
}

/**
 * Makes what files say the policies in force: one version for each tenant whose entries change. What no file states
 * any more is removed; what was made through the API stays. The files of all tenants are checked before the first
 * version is stored.
 * @throws BadInput `bad-policy`, with file and line: nothing was applied
 */
export async function applyFiles(target: FilesTarget, files: PolicyFiles, by: Author): Promise<Applied[]> {
  const planned = await plans(target, files);
  // Before the versions: a tenant that is named without need costs a look, one that is missing would keep its entries.
  await target.store.values(KEPT.space).set(
    KEPT.key,
    planned.map(({ tenant: { tenantId } }) => tenantId),
  );
  const applied: Applied[] = [];
  for (const one of planned) {
    const done = await applyOne(target, one, by);
    if (done !== undefined) applied.push(done);
  }
  return applied;
}

/** Applies a plan; if others change the policies at that moment, a new one. */
async function applyOne(
  target: FilesTarget,
  planned: Plan,
  { userName, reason }: Author,
): Promise<Applied | undefined> {
  const { tenantId } = planned.tenant;
  let { changes, after } = planned;
  for (let attempt = 1; ; attempt++) {
    if (changes.length === 0) return undefined;
    try {
      const facts = { time: today(), userName, reason, source: 'file' } as const;
      const { set } = await target.book.change(tenantId, after, facts, changes);
      return { tenantId, version: set.version, changes };
    } catch (error) {
      if (attempt >= ATTEMPTS || !isGuardError(error) || error.code !== 'conflict') throw error;
    }
    ({ changes, after } = await plan(target, planned.tenant));
  }
}

import { today } from '../../../core/clock.js';
import { Conflict, isGuardError } from '../../../core/errors.js';
import type { PolicyChange } from '../../../core/policy-set/policy-set.js';
import type { Store } from '../../../store/port.js';
import { assertReason, whileManagersStay, type Ground } from '../change-checks.js';
import { assertManagerStays } from '../../policy-book/giving.js';
import type { ChangeTurns } from '../../execution/change-turns.js';
import type { PeopleLock } from '../../execution/people-lock.js';
import type { InForce, PolicyBook } from '../../policy-book/policy-book.js';
import { keptEntries } from './kept-entries.js';
import { planFiles, type FilesOptions, type Plan } from './plan-files.js';
import { refusal, type PolicyFiles, type TenantFiles } from './policy-files.js';

/** Attempts when others change the policies at the same moment. */
const ATTEMPTS = 10;
/** The stored list of tenants with policies from files, so that removed files are noticed. */
const KEPT = { space: 'guard', key: 'policy-file-tenants' } as const;

/** What applying files changed for one tenant. */
export interface Applied {
  readonly tenantId: string | null;
  /** The new version. */
  readonly version: number;
  readonly changes: readonly PolicyChange[];
}

/** Is told of each version when it is made. */
export type OnApplied = (made: Applied) => Promise<void>;

/** Who applies files, for the history. */
export interface Author {
  readonly userName: string;
  readonly reason?: string | undefined;
}

const tenantsKept = async (store: Store): Promise<(string | null)[]> =>
  ((await store.values(KEPT.space).get(KEPT.key)) as (string | null)[] | undefined) ?? [];

/** The content of files, with the tenants that they no longer mention. */
async function allTenants(store: Store, { tenants }: PolicyFiles): Promise<readonly TenantFiles[]> {
  const gone = (await tenantsKept(store)).filter((id) => !tenants.some(({ tenantId }) => tenantId === id));
  return [...tenants, ...gone.map((tenantId) => ({ tenantId, statements: [] }))];
}

/** The files were written while they were applied, and others may have applied the new ones already. */
export class FilesChanged extends Conflict {
  constructor() {
    super('conflict', 'The policy files were changed while they were applied. Apply them again.');
    this.name = Conflict.name;
  }
}

/** Files that are older than what is in force would take it back. @throws FilesChanged */
async function assertCurrent(files: PolicyFiles): Promise<void> {
  if ((await files.isCurrent?.()) === false) throw new FilesChanged();
}

/** The store and the policies to which files are applied. */
export interface FilesTarget {
  readonly store: Store;
  readonly book: PolicyBook;
  /** What the policies of a tenant are checked against. */
  readonly groundOf: (tenantId: string | null) => Omit<Ground, 'allowUnknownModels' | 'turns'>;
  readonly options: FilesOptions;
  readonly people: Pick<PeopleLock, 'alone'>;
  /** Where others change policies in this process. */
  readonly changes?: Pick<ChangeTurns, 'take'>;
}

/** @throws BadInput `bad-policy`, with file and line; Conflict `wrong-state` */
async function plan({ book, groundOf, options }: FilesTarget, tenant: TenantFiles): Promise<Plan> {
  const { tenantId } = tenant;
  const { set } = await book.current(tenantId);
  const allowUnknownModels = options.allowUnknownModels === true;
  return planFiles(set, tenant, options, { ...groundOf(tenantId), turns: book.turns, allowUnknownModels });
}

/** What applying the files would do, for each tenant. @throws BadInput `bad-policy`, with file and line */
async function plans(target: FilesTarget, files: PolicyFiles): Promise<Plan[]> {
  if (files.mistakes.length > 0) throw refusal(files.mistakes);
  const planned: Plan[] = [];
  for (const tenant of await allTenants(target.store, files)) planned.push(await plan(target, tenant));
  return planned;
}

/** What applying files would do for one tenant. */
interface Planned {
  readonly tenantId: string | null;
  readonly changes: readonly PolicyChange[];
  /** What was given through the API for roles and sections of files, and stays. */
  readonly kept: readonly PolicyChange[];
}

/** Changes that applying the files would make, by tenant. @throws BadInput `bad-policy`, with file and line */
export async function plannedChanges(target: FilesTarget, files: PolicyFiles): Promise<Planned[]> {
  return (await plans(target, files)).map(({ tenant: { tenantId }, changes, after }) => ({
    tenantId,
    changes,
    kept: keptEntries(after),
  }));
}

/**
 * Makes what files say the policies in force: one version for each tenant whose entries change. What no file states
 * any more is removed; what was made through the API stays. The files of all tenants are checked before the first
 * version is stored.
 * @throws BadInput `bad-policy`, with file and line, and Conflict `wrong-state`: nothing was applied; FilesChanged
 */
export async function applyFiles(
  target: FilesTarget,
  files: PolicyFiles,
  by: Author,
  onApplied: OnApplied,
): Promise<Applied[]> {
  assertReason(by.reason);
  const planned = await plans(target, files);
  await assertCurrent(files);
  // Before the versions: a tenant that is named without need costs a look, one that is missing would keep its entries.
  await target.store.values(KEPT.space).set(
    KEPT.key,
    planned.map(({ tenant: { tenantId } }) => tenantId),
  );
  const applied: Applied[] = [];
  for (const one of planned) {
    const { changes } = target;
    const apply = (): Promise<Applied | undefined> => applyOne(target, files, one, by);
    const done = await (changes === undefined ? apply() : changes.take(one.tenant.tenantId, apply));
    if (done === undefined) continue;
    applied.push(done);
    await onApplied(done);
  }
  return applied;
}

/** Applies a plan; if others change the policies at that moment, a new one. */
function applyOne(
  target: FilesTarget,
  files: PolicyFiles,
  planned: Plan,
  by: Author,
): Promise<Applied | undefined> {
  const { tenant } = planned;
  const { people } = target.groundOf(tenant.tenantId);
  return changing(
    target,
    tenant.tenantId,
    by,
    async (attempt) => (attempt === 1 ? planned : plan(target, tenant)),
    ({ before, after }, store) =>
      whileManagersStay(target.people, before, after, async () => {
        await assertManagerStays(before, after, people);
        // After the version was read that the plan changes: what others apply from now on is a conflict.
        await assertCurrent(files);
        return store();
      }),
  );
}

/**
 * Makes a version, from the beginning again if others change the policies at that moment.
 * @param commit stores what was planned; it may check before
 */
async function changing<P extends Pick<Plan, 'changes' | 'after'>>(
  { book }: Pick<FilesTarget, 'book'>,
  tenantId: string | null,
  { userName, reason }: Author,
  make: (attempt: number) => Promise<P>,
  commit: (planned: P, store: () => Promise<InForce>) => Promise<InForce> = (_planned, store) => store(),
): Promise<Applied | undefined> {
  for (let attempt = 1; ; attempt++) {
    const planned = await make(attempt);
    const { changes, after } = planned;
    if (changes.length === 0) return undefined;
    try {
      const facts = { time: today(), userName, reason, source: 'file' } as const;
      const { set } = await commit(planned, () => book.change(tenantId, after, facts, changes));
      return { tenantId, version: set.version, changes };
    } catch (error) {
      if (attempt >= ATTEMPTS || !isGuardError(error) || error.code !== 'conflict') throw error;
    }
  }
}

/**
 * Frees what comes from policy files: it stays as it is, and is changed through the API from now on. Files that state
 * an entry take it back when they are applied.
 */
export async function releaseFiles(
  target: Pick<FilesTarget, 'store' | 'book'>,
  by: Author,
  onApplied: OnApplied,
): Promise<Applied[]> {
  assertReason(by.reason);
  const released: Applied[] = [];
  for (const tenantId of await tenantsKept(target.store)) {
    const done = await changing(target, tenantId, by, async () => {
      const { set } = await target.book.current(tenantId);
      const bound = [...set.changes()].filter(({ file }) => file !== undefined);
      const changes = bound.map(({ kind, id, value }) => ({ kind, id, value }));
      return { changes, after: set.with(set.version + 1, changes) };
    });
    if (done === undefined) continue;
    released.push(done);
    await onApplied(done);
  }
  await target.store.values(KEPT.space).set(KEPT.key, []);
  return released;
}

import { BadInput, Conflict } from '../../../core/errors.js';
import type { InSteps } from '../../../core/in-steps.js';
import { setAfter } from '../../../core/policy-set/kinds.js';
import { BadEntry } from '../../../core/policies/entries.js';
import { ROOT } from '../../../core/policies/sections/permissions.js';
import { isSectionKind, SECTION } from '../../../core/policies/sections/section-entries.js';
import type { PolicyChange, PolicySet } from '../../../core/policy-set/policy-set.js';
import { assertNoInternal, assertSound, type Ground } from '../change-checks.js';
import { statedChanges } from '../stated-changes.js';
import { refusal, type TenantFiles } from './policy-files.js';

/** Changes that files may make only with an option. */
export interface FilesOptions {
  /** They may name models, elements and case roles that do not exist yet. */
  readonly allowUnknownModels?: boolean | undefined;
  /** They may give internal rights, such as `Testing:All`. */
  readonly allowInternal?: boolean | undefined;
  /** Sections end when the files that stated them no longer do. */
  readonly switchOffSections?: boolean | undefined;
}

/** What applying files changes for one tenant. */
export interface Plan {
  readonly tenant: TenantFiles;
  readonly before: PolicySet;
  readonly changes: readonly PolicyChange[];
  /** The set after the changes. */
  readonly after: PolicySet;
}

/**
 * The changes that bring the entries of a set that come from files up to date. Sections that are removed take with them
 * what was made through the API about them, since it has no meaning without sections.
 */
function* fileChanges(set: PolicySet, stated: readonly PolicyChange[]): InSteps<PolicyChange[]> {
  const changes = yield* statedChanges(set, stated, ({ file }) => file !== undefined);
  const ends = changes.some(({ kind, id, value }) => kind === SECTION && id === ROOT && value === null);
  if (!ends) return changes;
  const dependents = [...set.changes()].filter(({ kind, file }) => isSectionKind(kind) && file === undefined);
  return [...changes, ...dependents.map(({ kind, id }) => ({ kind, id, value: null }))];
}

/** Where an entry that no file states comes from. */
function origin(set: PolicySet, { kind, id }: BadEntry): string {
  const file = set.fileOf(kind, id);
  return file === undefined
    ? `The ${kind} ${id} that was made through the API needs entries that they no longer contain`
    : `The ${kind} ${id} came from the policy file ${file}, and no file states it any more`;
}

/** How to remove sections, or to keep them without files. */
const SECTIONS_MAY_END =
  'In policyFiles that is switchOffSections: true, on the command line --switch-off-sections. ' +
  'To keep the sections and change them through the API, run bpmn-guard policy release first.';

/** Says of a mistake in an entry where the files state it, or where it comes from. */
async function placedInFiles<T>(
  set: PolicySet,
  { statements }: TenantFiles,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Conflict && error.code === 'wrong-state')
      throw new Conflict('wrong-state', `The policy files were not applied. ${error.message}`, {
        cause: error,
      });
    if (!(error instanceof BadEntry)) throw error;
    const { kind, id, message } = error;
    const from = statements.find(({ change }) => change.kind === kind && change.id === id);
    if (from !== undefined)
      throw refusal([{ file: from.change.file, line: from.line, column: from.column, message }]);
    const hint = kind === SECTION && id === ROOT ? ` ${SECTIONS_MAY_END}` : '';
    throw new BadInput(
      'bad-policy',
      `The policy files were not applied. ${origin(set, error)}: ${message}${hint}`,
    );
  }
}

/**
 * What applying files to a set would do. They are checked as changes through the API are.
 * @throws BadInput `bad-policy`, with file and line; `too-large`; Conflict `wrong-state`; CouldNotTell
 */
export async function planFiles(
  set: PolicySet,
  tenant: TenantFiles,
  options: FilesOptions,
  ground: Ground,
): Promise<Plan> {
  const stated = tenant.statements.map(({ change }) => change);
  const { turns } = ground;
  const changes = await turns.finish(fileChanges(set, stated));
  return placedInFiles(set, tenant, async () => {
    const switchOffSections = options.switchOffSections === true;
    const after = await turns.finish(setAfter(set, changes, { switchOffSections }));
    if (options.allowInternal !== true) assertNoInternal(after, stated);
    await assertSound(set, after, changes, ground);
    return { tenant, before: set, changes, after };
  });
}

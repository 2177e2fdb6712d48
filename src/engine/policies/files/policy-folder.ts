import { BadInput, isGuardError } from '../../../core/errors.js';
import { messageOf } from '../../../core/thrown.js';
import { SYSTEM_USER } from '../../../core/principal.js';
import type { Store } from '../../../store/port.js';
import { FolderWatch } from '../../contract/folder-watch.js';
import type { GuardLogger, GuardOptions } from '../../contract/types.js';
import type { Audit } from '../../enforcement/audit.js';
import type { ChangeTurns } from '../../execution/change-turns.js';
import type { PeopleLock } from '../../execution/people-lock.js';
import { isTransient } from '../../execution/transient.js';
import type { Contexts } from '../../execution/context.js';
import type { HostModels } from '../../execution/host-models.js';
import type { Principals } from '../../enforcement/principals.js';
import { peopleOf } from '../change-checks.js';
import { ModelNames } from '../known-names.js';
import type { PolicyBook } from '../../policy-book/policy-book.js';
import { changesIn } from '../named-changes.js';
import { applyFiles, FilesChanged, releaseFiles, type FilesTarget, type OnApplied } from './apply-files.js';
import type { FilesOptions } from './plan-files.js';
import { readPolicyFiles } from './policy-files.js';

/** Readings of files that are written meanwhile. */
const ATTEMPTS = 10;

interface Parts {
  readonly store: Store;
  readonly book: PolicyBook;
  readonly models: Pick<HostModels, 'definition'>;
  readonly logger: GuardLogger;
  readonly audit: Pick<Audit, 'record'>;
  readonly contexts: Pick<Contexts, 'outside'>;
  readonly principals: Pick<Principals, 'isAssignable' | 'hasMembers'>;
  readonly people: PeopleLock;
  readonly changes: Pick<ChangeTurns, 'take'>;
}

/** The policies in a folder of files. They are in force from the moment the guard is made. */
export class PolicyFolder {
  private wrong: string | undefined;
  private options: FilesOptions = {};
  private readonly watch = new FolderWatch(
    (folder) => this.parts.contexts.outside(() => this.parts.store.bounded(() => this.again(folder))),
    (_folder, error) => this.tell(error),
    isTransient,
  );

  constructor(private readonly parts: Parts) {}

  /** Why the files as they are now are not in force; undefined if they are. */
  get problem(): string | undefined {
    return this.wrong;
  }

  /**
   * Applies the files and, if wanted, each later change in the folder; or frees what files stated.
   * @throws BadInput `bad-policy` with file and line, or `bad-configuration`, and Conflict `wrong-state`: a guard with
   * other policies than those its files state is not made
   */
  async open(option: GuardOptions['policyFiles']): Promise<void> {
    if (option === undefined) return;
    const given = typeof option === 'string' ? { folder: option } : option;
    if (!('folder' in given)) return this.release();
    const { folder, watch = false, ...options } = given;
    this.options = options;
    try {
      await this.apply(folder);
    } catch (error) {
      if (isGuardError(error)) throw error;
      throw new BadInput('bad-configuration', `policyFiles: ${messageOf(error)}.`, { cause: error });
    }
    if (watch) this.watch.start(folder);
  }

  stop(): Promise<void> {
    return this.watch.stop();
  }

  /** Applies changed files; if they have mistakes, the policies stay as they are. */
  private async again(folder: string): Promise<void> {
    await this.apply(folder);
    this.wrong = undefined;
  }

  private tell(error: unknown): void {
    const why = messageOf(error);
    if (this.wrong === why) return;
    this.wrong = why;
    this.parts.logger.error('the changed policy files are not in force', { error: why });
  }

  private async apply(folder: string): Promise<void> {
    const { store, book, models, principals, people, changes } = this.parts;
    const target = {
      store,
      book,
      groundOf: (tenantId: string | null) => ({
        names: new ModelNames(store, models, tenantId),
        people: peopleOf(principals, tenantId),
      }),
      options: this.options,
      people,
      changes,
    };
    await this.applyNewest(target, folder);
  }

  /** Applies the files as they are at the moment of the change, also if another process applies them meanwhile. */
  private async applyNewest(target: FilesTarget, folder: string): Promise<void> {
    const { userName } = SYSTEM_USER;
    const onApplied = this.tellApplied('policy files were applied', 'policy files');
    for (let attempt = 1; ; attempt++)
      try {
        const files = await readPolicyFiles([folder], target.book.turns);
        await applyFiles(target, files, { userName }, onApplied);
        return;
      } catch (error) {
        if (attempt >= ATTEMPTS || !(error instanceof FilesChanged)) throw error;
      }
  }

  private async release(): Promise<void> {
    const reason = 'released from policy files';
    const message = 'what policy files stated was released';
    const by = { userName: SYSTEM_USER.userName, reason };
    await releaseFiles(this.parts, by, this.tellApplied(message, reason));
  }

  private tellApplied(message: string, reason: string): OnApplied {
    const { logger, audit } = this.parts;
    return async ({ tenantId, version, changes }) => {
      logger.info(message, { version, changes: changes.length });
      await audit.record([
        {
          userName: SYSTEM_USER.userName,
          ...(tenantId !== null && { tenantId }),
          operation: 'system:policy',
          resource: { kind: 'system', name: 'policies', id: String(version) },
          answer: 'allowed',
          reason,
          after: changesIn(version, changes),
        },
      ]);
    };
  }
}

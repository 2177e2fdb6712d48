import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { BadInput, isGuardError } from '../../core/errors.js';
import { messageOf } from '../../core/thrown.js';
import { checkModelName } from '../../core/model-name.js';
import { SYSTEM_USER } from '../../core/principal.js';
import type { AuditEntry, Store, StoredModel } from '../../store/port.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';
import { isTransient } from './transient.js';
import { FolderWatch } from '../contract/folder-watch.js';
import type { GuardLogger, GuardOptions } from '../contract/types.js';
import { modelFilesIn, type ModelFile } from '../model/source/model-files.js';
import { modelIn } from '../model/source/read-model.js';
import type { Contexts } from './context.js';
import type { HostModels } from './host-models.js';

/** The state in which the folder last stored each model, by name. */
interface Taken {
  readonly digest: string;
  /** Time of that save, in milliseconds. If the stored model has another time, someone else has saved it since. */
  readonly saved: number;
}

interface Parts {
  readonly models: HostModels;
  readonly store: Store;
  readonly contexts: Contexts;
  readonly logger: GuardLogger;
  readonly record: (entries: readonly Omit<AuditEntry, 'time'>[]) => Promise<void>;
  /** Arms the timers of a saved model. */
  readonly schedule: (model: StoredModel) => void;
}

const TAKEN = 'model-files';
const MARKER = 'models-read';

/**
 * Models in a folder of BPMN files. The store takes precedence: a file replaces a model only if the model is
 * still as the folder last stored it, and restores a deleted model only after the file itself has changed.
 */
export class ModelFolder {
  /** Files that could not be imported, by path, with the reason. */
  private readonly unreadable = new Map<string, string>();
  /** Files that were found in conflict with the store, by path: their digest and the time of the stored model. */
  private readonly conflicts = new Map<string, string>();
  private readonly watch = new FolderWatch(
    (folder) => this.parts.contexts.outside(() => this.read(folder)),
    (folder, error) => this.skip(folder, error),
    isTransient,
  );

  constructor(private readonly parts: Parts) {}

  /**
   * @param option the folder whose files are imported now and, if it is watched, after changes
   * @param definitionsPath the folder in upstream's configuration, read once if there is no such option
   * @throws BadInput `bad-configuration` if the folder of the option cannot be read
   */
  async open(option: GuardOptions['models'], definitionsPath: unknown): Promise<void> {
    if (option === undefined)
      return typeof definitionsPath === 'string' ? this.firstStart(definitionsPath) : undefined;
    assertReadable(option.folder);
    await this.read(option.folder);
    if (option.watch === true) this.watch.start(option.folder);
  }

  /** Files and stored models that cannot be run. */
  problems(): readonly { readonly model: string; readonly why: string }[] {
    return [...this.unreadable, ...this.parts.models.unreadable].map(([model, why]) => ({ model, why }));
  }

  /** Reads the files once, into a store that has no models and has never read any. */
  private async firstStart(folder: string): Promise<void> {
    const { store, logger } = this.parts;
    const state = store.values('guard');
    if ((await state.get(MARKER)) === true) return;
    if ((await store.models.find({}, { without: DOCUMENT_FIELDS, limit: 1 })).length === 0) {
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
        logger.warn('definitionsPath is not a folder; no models were read', { folder });
        return;
      }
      await this.read(folder);
    }
    await state.set(MARKER, true);
  }

  /** Reads the changes in the folder. A faulty file never makes it fail. */
  private async read(folder: string): Promise<void> {
    let files: ModelFile[];
    try {
      files = modelFilesIn(folder);
      this.unreadable.delete(folder);
    } catch (error) {
      return this.skip(folder, error);
    }
    const places = new Set(files.map(({ file }) => file));
    for (const known of [this.unreadable, this.conflicts])
      for (const path of known.keys()) if (!places.has(path)) known.delete(path);
    for (const model of files) {
      if (model.problem !== undefined) {
        this.skip(model.file, new Error(model.problem));
        continue;
      }
      try {
        await this.parts.store.bounded(() => this.take(model));
        this.unreadable.delete(model.file);
      } catch (error) {
        if (isGuardError(error) && error.status >= 500) throw error;
        this.skip(model.file, error);
      }
    }
  }

  stop(): Promise<void> {
    return this.watch.stop();
  }

  private skip(path: string, error: unknown): void {
    const why = messageOf(error);
    if (this.unreadable.get(path) === why) return;
    this.unreadable.set(path, why);
    this.parts.logger.error('a model file could not be imported', { file: path, error: why });
  }

  private async take({ file: path, name: given }: ModelFile): Promise<void> {
    const { models, store, schedule, logger } = this.parts;
    const name = checkModelName(given);
    const { source, svg } = modelIn(path);
    const digest = createHash('sha256')
      .update(JSON.stringify([source, svg]))
      .digest('base64url');
    const files = store.values(TAKEN);
    const taken = (await files.get(name)) as Taken | undefined;
    if (taken?.digest === digest) return;
    const stored = await store.models.get(name, null);
    if (stored !== undefined && stored.source !== source && stored.saved?.getTime() !== taken?.saved) {
      const conflict = `${digest} ${stored.saved?.getTime()}`;
      if (this.conflicts.get(path) !== conflict)
        logger.warn('a model file and the stored model have both changed; the stored model is kept', {
          file: path,
        });
      this.conflicts.set(path, conflict);
      return;
    }
    this.conflicts.delete(path);
    const { model: saved } = await models.parse(name, source, svg, null);
    await models.putOver(stored, saved);
    await files.set(name, { digest, saved: saved.saved?.getTime() ?? 0 } satisfies Taken);
    schedule(saved);
    await this.parts.record([
      {
        userName: SYSTEM_USER.userName,
        operation: stored === undefined ? 'model:create' : 'model:write',
        resource: { kind: 'model', name },
        answer: 'allowed',
        reason: `file ${basename(path)}`,
      },
    ]);
  }
}

function assertReadable(folder: string): void {
  try {
    readdirSync(folder);
  } catch (error) {
    throw new BadInput('bad-configuration', `models.folder: ${messageOf(error)}.`, { cause: error });
  }
}

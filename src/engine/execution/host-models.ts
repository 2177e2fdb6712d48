import { today } from '../../core/clock.js';
import { BadInput, Conflict, isGuardError, notFound } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import { show } from '../../core/value.js';
import type { Filter, Store, StoredModel } from '../../store/port.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';
import type { Contexts } from './context.js';
import { factsOf, refreshModels } from './refresh-models.js';
import { eventsOf, warningsIn, type Events } from '../model/stored-model.js';
import { checkCaseRoles } from '../model/case-roles.js';
import { codeIn, type CodePlace } from '../model/code.js';
import { bpmn, type HostDefinition, type HostServer } from '../model/host.js';
import type { ModelWarning } from '../contract/model-warning.js';
import { startsOf } from '../model/model-facts.js';
import { listingStarts } from '../model/timer-text.js';
import { warningsOf } from '../model/source/check-model.js';
import { readDefinition, refusal, type ReadDefinition } from '../model/source/read-definition.js';
import type { GuardLogger } from '../contract/types.js';

type Owner = string | null | undefined;

/** Number of warnings of one model that are logged. */
const LOGGED = 20;

const refusedAs = (name: string, error: unknown): unknown =>
  isGuardError(error) && error.code === 'bad-model'
    ? new BadInput('bad-model', `Model ${show(name)} cannot be run. ${error.message}`, {
        cause: error,
      })
    : error;

/**
 * The model store of the host's own engine: trusted, unscoped, on the guard's store. It replaces bpmn-server's, which
 * need MongoDB. Names are resolved with the given owner or, without one, with the owner of the running command.
 */
export class HostModels {
  /** Stored models that cannot be run, by name, with the reason. */
  readonly unreadable = new Map<string, string>();

  constructor(
    private readonly server: HostServer,
    private readonly store: Store,
    private readonly contexts: Contexts,
    private readonly logger?: GuardLogger,
  ) {}

  private owner(owner: Owner): string | null {
    return owner ?? this.contexts.command?.modelsOwner ?? null;
  }

  private async find(name: unknown, owner?: Owner): Promise<StoredModel | undefined> {
    const of = this.owner(owner);
    const decided = this.contexts.command?.model;
    const isIt = decided !== undefined && decided.name === name && (decided.owner ?? null) === of;
    return isIt ? decided : this.store.models.get(checkModelName(name), of);
  }

  /** @throws AccessDenied `not-found` */
  async loadModel(name: unknown, owner?: Owner): Promise<StoredModel> {
    return (await this.find(name, owner)) ?? Promise.reject(notFound('model'));
  }

  async getSource(name: unknown, owner?: Owner): Promise<string> {
    return (await this.loadModel(name, owner)).source ?? '';
  }

  /** Null also if the model is gone: an instance without a picture, which keeps its source, continues. */
  async getSVG(name: unknown, owner?: Owner): Promise<string | null> {
    return (await this.find(name, owner))?.svg ?? null;
  }

  async definition(name: string, source: string): Promise<HostDefinition> {
    return (await readDefinition(name, source, this.server)).definition;
  }

  /**
   * Returns the warnings about a source.
   * @throws BadInput `bad-model` if it cannot be run
   */
  async check(source: unknown): Promise<readonly ModelWarning[]> {
    return warningsOf(await this.read('model', source));
  }

  async load(name: unknown, owner?: Owner): Promise<HostDefinition> {
    return this.definition(checkModelName(name), await this.getSource(name, owner));
  }

  async loadFromInstance(
    instance: { name: string; source?: string },
    owner?: Owner,
  ): Promise<HostDefinition> {
    return instance.source
      ? this.definition(instance.name, instance.source)
      : this.load(instance.name, owner);
  }

  async get(query: Filter = {}): Promise<StoredModel[]> {
    return this.store.models.find(query);
  }

  async getList(query: Filter = {}): Promise<{ name: string; saved?: Date | undefined }[]> {
    const models = await this.store.models.find(query, { without: DOCUMENT_FIELDS });
    return models.map(({ name, saved }) => ({ name, saved }));
  }

  /**
   * Checks, parses and stores a source. Resolves once it is stored.
   * @throws BadInput `bad-model` if the source is not a BPMN document with a process
   */
  async save(name: unknown, source: unknown, svg: string | null = null, owner?: Owner): Promise<StoredModel> {
    const { model } = await this.parse(name, source, svg, this.owner(owner));
    return this.put(model);
  }

  async put(model: StoredModel): Promise<StoredModel> {
    await this.store.models.put(model);
    this.recordSaved(model);
    return model;
  }

  private recordSaved(model: StoredModel): void {
    this.unreadable.delete(model.name);
    const warnings = warningsIn(model);
    if (warnings.length > 0)
      this.logger?.warn('parts of a model are not understood or not supported', {
        model: model.name,
        warnings: warnings.slice(0, LOGGED),
      });
  }

  /**
   * Stores a model if the stored one is still the given one (undefined: there was none).
   * @throws Conflict `conflict` if another was saved in the meantime
   */
  async putOver(seen: StoredModel | undefined, model: StoredModel): Promise<void> {
    const { name, owner = null, _id, ...fields } = model;
    const { models } = this.store;
    const stored =
      seen === undefined
        ? await models.insert(model)
        : await models.update(name, owner, seen.guard?.rev, fields);
    if (!stored) throw new Conflict('conflict', 'The model was saved by someone else in the meantime.');
    this.recordSaved(model);
  }

  /** @throws BadInput `bad-model` with the element and the cause */
  private async read(name: string, source: unknown): Promise<ReadDefinition> {
    if (typeof source !== 'string') throw new BadInput('bad-model', 'A model needs its BPMN source as text.');
    const read = await readDefinition(name, source, this.server);
    if (read.definition.processes.size === 0) throw new BadInput('bad-model', 'The document has no process.');
    checkCaseRoles(read.definition);
    return read;
  }

  /**
   * The model as it would be stored, and where it contains code.
   * @throws BadInput `bad-model` if the source is not a BPMN document with a process
   */
  async parse(
    wanted: unknown,
    source: unknown,
    svg: string | null,
    owner: string | null,
  ): Promise<{ readonly model: StoredModel; readonly code: readonly CodePlace[] }> {
    const name = checkModelName(wanted);
    const data = new bpmn.BpmnModelData(name, source as string, svg, null as never, null as never);
    const read = await this.read(name, source).catch((error: unknown) => {
      throw refusedAs(name, error);
    });
    const { definition } = read;
    try {
      listingStarts(definition, () => data.parse(definition as never));
    } catch (error) {
      throw refusedAs(name, refusal(error));
    }
    const starts = startsOf(definition);
    // Upstream also lists the start events of sub-processes, whose messages and timers start instances in the
    // middle.
    const own = (data.events as unknown as Events).filter((event) =>
      starts.some(({ elementId }) => elementId === event.elementId),
    );
    const events = await Promise.all(
      own.map(async (event) => ({ ...event, timeDue: await (event.timeDue as unknown) })),
    );
    const processes = (data.processes as unknown as Record<string, unknown>[]).map((process) => ({
      ...process,
    }));
    const before = await this.store.models.get(name, owner);
    const model: StoredModel = {
      name,
      owner,
      source: definition.source,
      svg,
      saved: today(),
      processes,
      events,
      guard: factsOf(read, starts, (before?.guard?.rev ?? 0) + 1),
    };
    return { model, code: codeIn(read.root) };
  }

  async saveModel(model: StoredModel, owner?: Owner): Promise<boolean> {
    await this.save(model.name, model.source, model.svg ?? null, owner);
    return true;
  }

  async import(models: StoredModel | readonly StoredModel[], owner?: Owner): Promise<void> {
    for (const model of [models].flat() as StoredModel[]) await this.saveModel(model, owner ?? model.owner);
  }

  async deleteModel(name: unknown, owner?: Owner): Promise<boolean> {
    return this.store.models.remove(checkModelName(name), this.owner(owner));
  }

  async renameModel(name: unknown, newName: unknown, owner?: Owner): Promise<boolean> {
    return this.store.models.rename(checkModelName(name), this.owner(owner), checkModelName(newName));
  }

  /**
   * Events of the models that match the query, each with its model's name. Conditions on `events.` fields apply to
   * the same event.
   */
  async findEvents(query: Filter = {}, owner?: Owner): Promise<Events> {
    return eventsOf(
      await this.store.models.find({ owner: this.owner(owner) }, { without: DOCUMENT_FIELDS }),
      query,
    );
  }

  /** Updates stored models: names, and data derived from their sources. */
  refresh(): Promise<void> {
    return refreshModels({
      store: this.store,
      logger: this.logger,
      unreadable: this.unreadable,
      parse: async (...args) => (await this.parse(...args)).model,
    });
  }

  /** Upstream's way to read its folder of models; replaced by `models import` and the option `models`. */
  async rebuild(): Promise<void> {
    await this.refresh();
  }

  async install(): Promise<void> {
    await this.store.install();
  }
}

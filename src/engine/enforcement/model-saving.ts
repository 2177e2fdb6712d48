import type { Decision } from '../../core/decision/decision.js';
import { BadInput, Conflict, isGuardError } from '../../core/errors.js';
import { checkModelName } from '../../core/model-name.js';
import { TEXT, type OptionsOf } from '../../core/options.js';
import type { StoredModel } from '../../store/port.js';
import type { SavedModel, SaveOptions } from '../contract/types.js';
import type { HostModels } from '../execution/host-models.js';
import type { ModelTimers } from '../execution/model-timers.js';
import { namesOfCode } from '../model/code.js';
import { warningsIn } from '../model/stored-model.js';
import { checked } from '../contract/arguments.js';
import type { Call } from './call.js';
import type { Calls } from './calls.js';
import { mayReadModel } from './model-access.js';
import type { ModelPlacing, StillMay } from './model-placing.js';

const SAVE_OPTIONS = { section: TEXT } satisfies OptionsOf<SaveOptions>;

/** Maximum length of the warnings in one audit entry, in characters. */
const LONGEST = 500;

/** The decision about saving a model, and what it was based on. */
interface Admitted {
  readonly before: StoredModel | undefined;
  readonly owner: string | null;
  readonly operation: 'model:create' | 'model:write';
  readonly decision: Decision;
  readonly section: string;
}

/** Saves models: new ones in a section, and changes of others. */
export class ModelSaving {
  constructor(
    private readonly calls: Calls,
    private readonly models: HostModels,
    private readonly timers: ModelTimers,
    private readonly places: ModelPlacing,
  ) {}

  async save(
    call: Call,
    given: string,
    source: unknown,
    svg: unknown,
    options: SaveOptions | undefined,
  ): Promise<SavedModel> {
    const { calls } = this;
    const name = checkModelName(given);
    const { section } = checked('model.save', options, SAVE_OPTIONS);
    const first = await this.admitted(call, name, section);
    if (svg !== undefined && svg !== null && typeof svg !== 'string')
      throw new BadInput('bad-model', 'The picture of a model is SVG text.');
    const { owner } = first;
    const { model, code } = await this.models.parse(name, source, svg ?? null, owner);
    // Parsing takes a while, after which the caller may be disabled, the policies changed, or the model another one.
    const now = await call.again();
    const admittedAgain = async (caller: Call): Promise<Admitted> => {
      const admitted = await this.admitted(caller, name, section);
      if (admitted.operation !== first.operation || admitted.owner !== owner)
        throw new Conflict('conflict', 'The model was saved or deleted by someone else in the meantime.');
      if (code.length > 0) caller.assert('model:code', { model: admitted.before ?? { name, owner } }, true);
      return admitted;
    };
    const { before, operation, decision, ...target } = await admittedAgain(now);
    const stored = await this.orLookAgain([name], owner, () =>
      before === undefined ? this.putNew(now, model, target.section, admittedAgain) : this.models.put(model),
    );
    this.timers.schedule(stored);
    const places = namesOfCode(code);
    const saved = { kind: 'model', name, ...(places.length === 0 ? {} : { code: places }) };
    await calls.audit.allowed(now.principal, operation, saved, decision);
    await this.recordWarnings(now, operation, stored);
    if (before === undefined && now.inForce.sections.exist) await this.places.kept(now, name, target.section);
    return { name, warnings: warningsIn(stored) };
  }

  /** Whether a stored model holds code; one that cannot be read may. */
  async holdsCode({ name, source, svg, owner }: StoredModel): Promise<boolean> {
    try {
      return (await this.models.parse(name, source, svg ?? null, owner ?? null)).code.length > 0;
    } catch (error) {
      if (isGuardError(error) && error.status < 500) return true;
      throw error;
    }
  }

  /**
   * Decides whether the caller may save a model of that name now.
   * @throws AccessDenied `forbidden`; Conflict `conflict` if the name is taken by a hidden model; BadInput
   */
  private async admitted(call: Call, name: string, section: string | undefined): Promise<Admitted> {
    const { calls } = this;
    const owner = call.principal.owner ?? null;
    const before = await calls.store.models.get(name, owner);
    const readable = before === undefined || (await mayReadModel(calls, call, before));
    // A name taken by a hidden model gets the same answer as a free one.
    const operation = before === undefined || !readable ? 'model:create' : 'model:write';
    const target = this.places.target(call, name, section);
    const asked = before !== undefined && readable ? before : { name, owner, ...target };
    const decision = call.assert(operation, { model: asked }, true);
    if (before !== undefined && section !== undefined && readable)
      throw new BadInput(
        'bad-option',
        'A section can be given to a new model only; move this one with sections.place.',
      );
    if (!readable) throw new Conflict('conflict', 'A model of that name already exists.');
    return { before, owner, operation, decision, section: target.section };
  }

  /**
   * Stores a new model in its section, in which it is before it exists. Nobody else's model is replaced: who may make
   * one may not change it.
   */
  private async putNew(
    call: Call,
    model: StoredModel,
    section: string,
    stillMay: StillMay,
  ): Promise<StoredModel> {
    const { name } = model;
    const undo = call.inForce.sections.exist
      ? await this.places.made(call, name, section, stillMay)
      : undefined;
    try {
      await this.models.putOver(undefined, model);
    } catch (error) {
      // After any other failure it may be stored.
      if (isGuardError(error) && error.code === 'conflict') await undo?.();
      throw error;
    }
    return model;
  }

  /** Records the warnings, so that the cause can be found when a task turns out to belong to nobody. */
  private async recordWarnings(
    { principal }: Call,
    operation: 'model:create' | 'model:write',
    model: StoredModel,
  ): Promise<void> {
    const warnings = warningsIn(model).map(({ element, found }) => `${element}: ${found}`);
    if (warnings.length === 0) return;
    const reason = `${warnings.length} warnings: ${warnings.join('; ')}`.slice(0, LONGEST);
    const { userName, tenantId } = principal;
    const resource = { kind: 'model', name: model.name };
    await this.calls.audit.record([{ userName, tenantId, operation, resource, answer: 'allowed', reason }]);
  }

  /** After a failure, the timers follow the stored state: a change whose answer was lost, or the state before. */
  async orLookAgain<T>(names: readonly string[], owner: string | null, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      for (const name of names) this.timers.refreshSoon(name, owner);
      throw error;
    }
  }
}

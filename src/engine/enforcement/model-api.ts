import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput, Conflict, notFound } from '../../core/errors.js';
import type { SecureUser } from '../../core/principal.js';
import { MODEL_FIELDS, parseQuery } from '../../store/query/caller-query.js';
import type { Filter, StoredModel } from '../../store/port.js';
import { listedFilter, modelFilter } from '../../store/query/scoped-query.js';
import type { Asking } from './asking.js';
import { asModelName, checkModelName } from '../../core/model-name.js';
import { eventsOf, type HostModels } from '../execution/host-models.js';
import type { StartFacts } from '../model/model-facts.js';
import type { ModelTimers } from '../execution/model-timers.js';
import { isOutage } from '../execution/transient.js';
import type { Data, ModelApi } from '../contract/types.js';

const LARGE = ['source', 'svg'];

/** What a caller gets of a model; what the guard keeps with it stays inside. */
function modelView(model: StoredModel): Data {
  const { guard: _guard, ...view } = model;
  return view;
}

/** bpmn-server's own model API, scoped and enforced. A model is its tenant's, by owner (spec 08, 31). */
export class Models {
  constructor(
    private readonly asking: Asking,
    private readonly models: HostModels,
    private readonly timers: ModelTimers,
  ) {}

  /** All models that the principal may read and that the query finds, in one scoped query. */
  private async rows(
    principal: SecureUser,
    query: unknown,
    without: readonly string[],
  ): Promise<StoredModel[]> {
    const { asking } = this;
    const filter = modelFilter(
      asking.scope(principal, 'model:read', await asking.modelFacts(principal)),
      parseQuery(query, MODEL_FIELDS),
    );
    return filter === undefined ? [] : asking.store.models.find(filter, { without });
  }

  /** @throws AccessDenied `not-found` when it is not there, or hidden */
  private async one(principal: SecureUser, name: unknown): Promise<StoredModel> {
    const { asking } = this;
    const model = await asking.store.models.get(checkModelName(name), principal.owner ?? null);
    if (
      model === undefined ||
      !asking.allows(principal, 'model:read', { model }, await asking.modelFacts(principal, model.name))
    )
      throw notFound('model');
    return model;
  }

  private mayStart(principal: SecureUser, model: StoredModel, elementId: unknown): boolean {
    const start = (model.guard?.starts as StartFacts[] | undefined)?.find(
      (entry) => entry.elementId === elementId,
    );
    return start !== undefined && this.asking.allows(principal, 'instance:start', { model, start });
  }

  private async events(
    principal: SecureUser,
    query: unknown,
  ): Promise<{ model: StoredModel; event: Data }[]> {
    const models = await this.rows(principal, query, LARGE);
    const ofEvent: Filter = listedFilter(parseQuery(query, MODEL_FIELDS), 'events');
    return models.flatMap((model) => eventsOf([model], ofEvent).map((event) => ({ model, event })));
  }

  private async save(principal: SecureUser, given: string, source: unknown, svg: unknown): Promise<boolean> {
    const { asking } = this;
    const name = checkModelName(given);
    const owner = principal.owner ?? null;
    const before = await asking.store.models.get(name, owner);
    const readable =
      before === undefined ||
      asking.allows(principal, 'model:read', { model: before }, await asking.modelFacts(principal, name));
    // A name that is taken by a hidden model is answered like one that is free.
    const operation = before === undefined || !readable ? 'model:create' : 'model:write';
    const reason = asking.assert(
      principal,
      operation,
      { model: before !== undefined && readable ? before : { name, owner } },
      true,
    );
    if (!readable) throw new Conflict('conflict', 'A model of that name exists.');
    if (svg !== undefined && svg !== null && typeof svg !== 'string')
      throw new BadInput('bad-model', 'The picture of a model is SVG text.');
    const stored = await this.orLookAgain([name], owner, () =>
      this.models.save(name, source, svg ?? null, owner),
    );
    this.timers.schedule(stored);
    await asking.audit.allowed(principal, operation, { kind: 'model', name }, reason);
    return true;
  }

  /** Where the answer of the store was lost, the timers of the models follow what it turns out to have stored. */
  private async orLookAgain<T>(
    names: readonly string[],
    owner: string | null,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isOutage(error)) for (const name of names) this.timers.refreshSoon(name, owner);
      throw error;
    }
  }

  private async change(
    principal: SecureUser,
    operation: 'model:delete' | 'model:write',
    name: unknown,
    work: (model: StoredModel) => Promise<boolean>,
  ): Promise<boolean> {
    const model = await this.one(principal, name);
    const reason = this.asking.assert(principal, operation, { model }, true);
    const done = await work(model);
    await this.asking.audit.allowed(principal, operation, { kind: 'model', name: model.name }, reason);
    return done;
  }

  private async export(principal: SecureUser, query: unknown, folder: unknown): Promise<string[]> {
    if (typeof folder !== 'string' || !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new BadInput('bad-request', 'Models are exported into an existing folder.');
    const models = await this.rows(principal, query, []);
    // Files on the server are for those who keep models, not for all who may read them.
    for (const model of models) this.asking.assert(principal, 'model:write', { model }, true);
    for (const { name, source, svg } of models) {
      const file = join(folder, checkModelName(name));
      await writeFile(`${file}.bpmn`, source ?? '');
      if (svg) await writeFile(`${file}.svg`, svg);
    }
    return models.map(({ name }) => name);
  }

  api(): ModelApi {
    const { asking } = this;
    const target = (given?: unknown): { kind: string; name?: string } => {
      const name = asModelName(given);
      return { kind: 'model', ...(name === undefined ? {} : { name }) };
    };
    return Object.freeze({
      get: (query, user) =>
        asking.call(user, 'model:read', target(), async (principal) =>
          (await this.rows(principal, query, [])).map(modelView),
        ),
      list: (query, user) =>
        asking.call(user, 'model:read', target(), async (principal) =>
          (await this.rows(principal, query, LARGE)).map(({ name, saved }) => ({
            name,
            ...(saved === undefined ? {} : { saved }),
          })),
        ),
      getSource: (name, user) =>
        asking.call(
          user,
          'model:read',
          target(name),
          async (principal) => (await this.one(principal, name)).source ?? '',
        ),
      load: (name, user) =>
        asking.call(
          user,
          'model:read',
          target(name),
          async (principal) =>
            JSON.parse(
              (await this.models.definition(name, (await this.one(principal, name)).source ?? '')).getJson(),
            ) as Data,
        ),
      findEvents: (query, user) =>
        asking.call(user, 'model:read', target(), async (principal) =>
          (await this.events(principal, query)).map(({ event }) => event),
        ),
      findStartEvents: (query, user) =>
        asking.call(user, 'model:read', target(), async (principal) => {
          const plain = await this.events(principal, query);
          return plain
            .filter(
              ({ model, event }) =>
                (event.subType ?? null) === null && this.mayStart(principal, model, event.elementId),
            )
            .map(({ event }) => event);
        }),
      save: (name, source, svg, user) =>
        asking.call(user, 'model:write', target(name), (principal) =>
          this.save(principal, name, source, svg),
        ),
      delete: (name, user) =>
        asking.call(user, 'model:delete', target(name), (principal) =>
          this.change(principal, 'model:delete', name, async (model) => {
            this.timers.unschedule(model.name, model.owner ?? null);
            return this.orLookAgain([model.name], model.owner ?? null, () =>
              asking.store.models.remove(model.name, model.owner ?? null),
            );
          }),
        ),
      rename: (name, newName, user) =>
        asking.call(user, 'model:write', target(name), (principal) =>
          this.change(principal, 'model:write', name, async (model) => {
            const owner = model.owner ?? null;
            const wanted = checkModelName(newName);
            if ((await asking.store.models.get(wanted, owner)) !== undefined)
              throw new Conflict('conflict', 'A model of the new name exists.');
            this.timers.unschedule(model.name, owner);
            const renamed = await this.orLookAgain([model.name, wanted], owner, () =>
              asking.store.models.rename(model.name, owner, wanted),
            );
            this.timers.schedule({ ...model, name: wanted });
            return renamed;
          }),
        ),
      export: (query, folder, user) =>
        asking.call(user, 'model:write', target(), (principal) => this.export(principal, query, folder)),
    } satisfies ModelApi);
  }
}

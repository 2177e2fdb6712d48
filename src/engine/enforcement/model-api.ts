import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EVERYTHING } from '../../core/condition/condition.js';
import { scopeOf } from '../../core/decision/scope.js';
import { AccessDenied, BadInput } from '../../core/errors.js';
import { parseQuery } from '../../store/query/caller-query.js';
import { MODEL_FIELDS } from '../../store/query/query-fields.js';
import type { Filter, StoredModel } from '../../store/port.js';
import { listedFilter, modelPlan } from '../../store/query/scoped-query.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';
import { ANY_DATA, type Call } from './call.js';
import type { Calls } from './calls.js';
import { factsOfModels, readableModel } from './model-access.js';
import { asModelName, checkModelName } from '../../core/model-name.js';
import type { HostModels } from '../execution/host-models.js';
import { eventsOf, warningsIn } from '../model/stored-model.js';
import { definitionView } from '../model/definition-view.js';
import type { StartFacts } from '../model/model-facts.js';
import type { ModelTimers } from '../execution/model-timers.js';
import type { ModelPlacing } from './model-placing.js';
import { ModelChanges } from './model-changes.js';
import { ModelSaving } from './model-saving.js';
import { copyOf } from '../contract/arguments.js';
import type { ModelApi, ModelEvent, ModelView } from '../contract/types.js';

/** A model as a caller sees it, without the guard's own fields. */
function modelView(model: StoredModel): ModelView {
  const { guard: _guard, ...view } = model;
  const warnings = warningsIn(model);
  return (warnings.length === 0 ? view : { ...view, warnings }) as unknown as ModelView;
}

/** Where only the caller's query counts. */
const EVERY_MODEL = scopeOf(EVERYTHING);

/** bpmn-server's own model API, scoped and enforced. A model belongs to a tenant through its owner. */
export class Models {
  private readonly saving: ModelSaving;
  private readonly changes: ModelChanges;

  constructor(
    private readonly calls: Calls,
    private readonly models: HostModels,
    timers: ModelTimers,
    places: ModelPlacing,
  ) {
    this.saving = new ModelSaving(calls, models, timers, places);
    this.changes = new ModelChanges(calls, this.saving, timers, places);
  }

  /** All models that match the query and that the principal may read, in one scoped query. */
  private async rows(call: Call, query: unknown, without: readonly string[]): Promise<StoredModel[]> {
    const { calls } = this;
    const asked = parseQuery(query, MODEL_FIELDS);
    const facts = await factsOfModels(calls, call, modelPlan(EVERY_MODEL, asked)?.filter);
    const plan = modelPlan(call.scope('model:read', facts), asked);
    return plan === undefined ? [] : calls.store.models.find(plan.filter, { without, exact: plan.exact });
  }

  private mayStart(call: Call, model: StoredModel, elementId: unknown): boolean {
    const start = (model.guard?.starts as StartFacts[] | undefined)?.find(
      (entry) => entry.elementId === elementId,
    );
    return start !== undefined && call.allows('instance:start', { model, start }, ANY_DATA);
  }

  private async events(call: Call, query: unknown): Promise<{ model: StoredModel; event: ModelEvent }[]> {
    const models = await this.rows(call, query, DOCUMENT_FIELDS);
    const ofEvent: Filter = listedFilter(parseQuery(query, MODEL_FIELDS), 'events');
    return models.flatMap((model) =>
      eventsOf([model], ofEvent).map((event) => ({ model, event: event as unknown as ModelEvent })),
    );
  }

  private async export(call: Call, query: unknown, folder: unknown): Promise<string[]> {
    const models = await this.rows(call, query, []);
    // Only those who maintain models may reach files on the server, and only they learn whether a folder exists.
    if (call.scope('model:write').kind === 'nothing')
      throw new AccessDenied('forbidden', 'You may not do this (model:write).');
    for (const model of models) call.assert('model:write', { model }, true);
    if (typeof folder !== 'string' || !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new BadInput('bad-request', 'Models can only be exported into an existing folder.');
    for (const { name, source, svg } of models) {
      const file = join(folder, checkModelName(name));
      await writeFile(`${file}.bpmn`, source ?? '');
      if (svg) await writeFile(`${file}.svg`, svg);
    }
    return models.map(({ name }) => name);
  }

  api(): ModelApi {
    const { calls } = this;
    const target = (given?: unknown): { kind: string; name?: string } => {
      const name = asModelName(given);
      return { kind: 'model', ...(name === undefined ? {} : { name }) };
    };
    return Object.freeze({
      get: (query, user) =>
        calls.read(user, 'model:read', target(), async (call) =>
          (await this.rows(call, query, [])).map(modelView),
        ),
      list: (query, user) =>
        calls.read(user, 'model:read', target(), async (call) =>
          (await this.rows(call, query, DOCUMENT_FIELDS)).map(({ name, saved }) => ({
            name,
            ...(saved === undefined ? {} : { saved }),
          })),
        ),
      getSource: (name, user) =>
        calls.read(
          user,
          'model:read',
          target(name),
          async (call) => (await readableModel(calls, call, name)).source ?? '',
        ),
      load: (name, user) =>
        calls.read(user, 'model:read', target(name), async (call) =>
          definitionView(
            await this.models.definition(name, (await readableModel(calls, call, name)).source ?? ''),
          ),
        ),
      findEvents: (query, user) =>
        calls.read(user, 'model:read', target(), async (call) =>
          (await this.events(call, query)).map(({ event }) => event),
        ),
      findStartEvents: (query, user) =>
        calls.read(user, 'model:read', target(), async (call) => {
          const plain = await this.events(call, query);
          return plain
            .filter(
              ({ model, event }) =>
                (event.subType ?? null) === null && this.mayStart(call, model, event.elementId),
            )
            .map(({ event }) => event);
        }),
      save: (name, source, svg, user, options) => {
        const given = copyOf(options);
        return calls.run(user, 'model:write', target(name), (call) =>
          this.saving.save(call, name, source, svg, given),
        );
      },
      check: (source, user) =>
        calls.run(user, 'model:create', target(), async (call) => {
          // Callers who may not save models may not have models parsed here either.
          if ((['model:create', 'model:write'] as const).every((may) => call.scope(may).kind === 'nothing'))
            throw new AccessDenied('forbidden', 'You may not check models.');
          return this.models.check(source);
        }),
      delete: (name, user) =>
        calls.run(user, 'model:delete', target(name), (call) => this.changes.remove(call, name)),
      rename: (name, newName, user) =>
        calls.run(user, 'model:write', target(name), (call) => this.changes.rename(call, name, newName)),
      export: (query, folder, user) =>
        calls.run(user, 'model:write', target(), (call) => this.export(call, query, folder)),
    } satisfies ModelApi);
  }
}

import { ticks } from '../../core/clock.js';
import { BadInput, notFound } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import type { Resource } from '../../core/resource.js';
import type { StoredModel } from '../../store/port.js';
import { checkModelName } from '../../core/model-name.js';
import { startsOf, type StartFacts } from '../model/model-facts.js';
import type { Data, ExecutionView } from '../contract/types.js';
import { STARTS, type Call } from './call.js';
import { checkData, hostOptions, type CheckedOptions } from './caller-input.js';
import { viewOf, type CommandParts } from './command-parts.js';
import { rolesAtStart } from './case-facts.js';
import { win } from './labelling.js';
import { mayReadModel } from './model-access.js';

/** A start event of a stored model. */
export interface StartTarget {
  readonly model: StoredModel;
  readonly start: StartFacts;
}

/** Milliseconds for which a call may start something before a new call is created. */
const YOUNG = 1_000;

/** What a start is decided about: the model, and the start event with the data that the case would start with. */
export const startResource = ({ model, start }: StartTarget, data: Data): Resource => ({
  model,
  start: { ...start, data },
});

/** The start events of a model and who may use each. Read from the model's source if an unguarded host stored it. */
export async function startFacts(
  { models }: Pick<CommandParts, 'models'>,
  model: StoredModel,
): Promise<readonly StartFacts[]> {
  const stored = model.guard?.starts as StartFacts[] | undefined;
  return stored ?? startsOf(await models.definition(model.name, model.source ?? ''));
}

/** @throws BadInput for an invalid name; AccessDenied `not-found` */
export async function modelToStart(
  { calls }: Pick<CommandParts, 'calls'>,
  call: Call,
  name: unknown,
): Promise<StoredModel> {
  const model = await calls.store.models.get(checkModelName(name), call.principal.owner ?? null);
  if (model === undefined) throw notFound('model');
  return model;
}

/** Starts an instance of a model. */
export async function startInstance(
  parts: CommandParts,
  call: Call,
  model: StoredModel,
  input: unknown,
  options: CheckedOptions,
): Promise<ExecutionView> {
  const { calls } = parts;
  const data = checkData(input);
  const starts = await startFacts(parts, model);
  const { startNodeId } = options;
  const start =
    startNodeId === undefined ? starts[0] : starts.find((entry) => entry.elementId === startNodeId);
  if (start === undefined)
    throw (await mayReadModel(calls, call, model))
      ? startNodeId === undefined
        ? new BadInput('bad-model', 'The model has no start event.')
        : new BadInput('bad-option', 'startNodeId does not name a start event of the model.')
      : notFound('model');
  // Whether the caller may read the model matters only for the wording of a refusal.
  const asked = startResource({ model, start }, data);
  if (!call.allows('instance:start', asked))
    call.assert('instance:start', asked, await mayReadModel(calls, call, model));
  const caseRoles = await rolesAtStart(parts, call, model, options.caseRoles);
  return startAt(parts, call, { model, start }, data, {
    ...options,
    ...(caseRoles !== undefined && { caseRoles }),
  });
}

/**
 * Starts an instance at an event that the principal was found to be allowed to use. Decides again when it begins.
 * @param sent the operation that reaches the start event, if it is a message or a signal
 */
export async function startAt(
  parts: CommandParts,
  call: Call,
  { model, start }: StartTarget,
  data: Data,
  options: CheckedOptions,
  sent?: Operation,
): Promise<ExecutionView> {
  const { runner, engine, calls } = parts;
  const asked = startResource({ model, start }, data);
  // The call may have waited for other starts, or for the directory; a start waits for no lock.
  const now = ticks() - call.made <= YOUNG ? call : await call.again();
  const { principal } = now;
  if ((principal.owner ?? null) !== (call.principal.owner ?? null)) throw notFound('model');
  const decisions = [
    now.assert('instance:start', asked, true),
    ...(sent === undefined ? [] : [now.assert(sent, asked, true, STARTS)]),
  ];
  const { userName } = principal;
  const labels = now.inForce.grid.labelsWonBy(principal, asked, true);
  const noWait = options.noWait === true;
  const account = { causer: principal, modelsOwner: model.owner ?? undefined, noWait, model };
  const execution = await runner.run(account, async () => {
    const started = await engine.host.start(
      model.name,
      data,
      start.elementId,
      userName,
      hostOptions(options),
    );
    win(started, labels, userName);
    return started;
  });
  const { id } = execution;
  const target = { kind: 'instance', id, instanceId: id, name: model.name };
  for (const decision of decisions)
    await calls.audit.allowed(principal, decision.operation, target, decision);
  calls.events.emit({
    event: 'started',
    userName,
    operation: 'instance:start',
    instanceId: id,
    modelName: model.name,
  });
  // As in bpmn-server: the item that the start has reached.
  return viewOf(parts, { call: now, result: execution }, execution.item?.id);
}

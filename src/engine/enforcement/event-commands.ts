import { BadInput, Conflict, isGuardError, notFound } from '../../core/errors.js';
import { isPlainObject } from '../../core/value.js';
import type { Operation } from '../../core/operation.js';
import { parseQuery, type CallerQuery } from '../../store/query/caller-query.js';
import { INSTANCE_FIELDS } from '../../store/query/query-fields.js';
import { isOutage } from '../execution/transient.js';
import type { Data, ExecutionView } from '../contract/types.js';
import type { Target } from './audit.js';
import { STARTS, type Call } from './call.js';
import { checkData, checkId, hostOptions, type CheckedOptions } from './caller-input.js';
import { viewOf, type CommandParts } from './command-parts.js';
import { findsAsBefore, isUnchanged } from './locked-instance.js';
import { assertInput, assertMayAddData } from './input.js';
import { win } from './labelling.js';
import { startAt, startFacts, startResource, type StartTarget } from './starting.js';

type EventField = 'messageId' | 'signalId';
type Receiver = { readonly instanceId: string; readonly itemId: string };

/** One that was found, with the revision that its instance had. */
type Found = Receiver & { readonly rev: number | undefined };

/** How many waiting elements one signal may reach. */
const RECEIVERS_MOST = 10_000;

const operationOf = (field: EventField): Operation =>
  field === 'messageId' ? 'instance:message' : 'instance:signal';

const isEmpty = (matching: unknown): boolean =>
  matching === undefined ||
  matching === null ||
  (isPlainObject(matching) && Object.keys(matching).length === 0);

/** What is sent, and the start events that listen. */
interface Sent {
  readonly id: string;
  readonly data: Data;
  readonly starts: readonly StartTarget[];
}

/** What receivers must match, read once; undefined: anything. */
type Matching = CallerQuery | undefined;

const matchingOf = (given: unknown): Matching =>
  isEmpty(given) ? undefined : parseQuery(given, INSTANCE_FIELDS);

/** Messages and signals, sent to the start events and waiting elements that the principal may reach. */
export class EventCommands {
  constructor(private readonly parts: CommandParts) {}

  /**
   * What is to be sent, with the start events that listen in models of the principal's tenant. The principal must be
   * allowed both to start and to send.
   */
  async sent(call: Call, field: EventField, eventId: unknown, input: unknown): Promise<Sent> {
    const id = checkId(eventId, field);
    const data = checkData(input);
    const models = await this.parts.calls.store.models.find({
      $and: [{ owner: call.principal.owner ?? null }, { 'guard.starts': { $elemMatch: { [field]: id } } }],
    });
    const starts: StartTarget[] = [];
    for (const model of models) {
      for (const start of await startFacts(this.parts, model)) {
        if (
          start[field] === id &&
          call.allows('instance:start', startResource({ model, start }, data)) &&
          call.allows(operationOf(field), startResource({ model, start }, data), STARTS)
        )
          starts.push({ model, start });
      }
    }
    return { id, data, starts };
  }

  /** Waiting items that listen, in instances to which the principal may send the event. */
  private async listeningItems(
    call: Call,
    field: EventField,
    id: string,
    matching: Matching,
    limit: number,
    itemId?: string,
  ): Promise<Found[]> {
    const waiting: CallerQuery = parseQuery(
      { [`items.${field}`]: id, 'items.status': 'wait', ...(itemId !== undefined && { 'items.id': itemId }) },
      INSTANCE_FIELDS,
    );
    return this.parts.reads.receivers(call, operationOf(field), waiting, matching, limit);
  }

  private async send(
    call: Call,
    field: EventField,
    target: Found,
    { id, data }: Pick<Sent, 'id' | 'data'>,
    matching: Matching,
    options: CheckedOptions,
  ): Promise<ExecutionView> {
    const { calls, runner, models, engine } = this.parts;
    const operation = operationOf(field);
    let now = call;
    const result = await runner.onInstance(
      target.instanceId,
      call.principal,
      async (command, instance) => {
        now = await call.again();
        const item = instance.items?.find((entry) => entry.id === target.itemId);
        const asked = { instance, ...(item !== undefined && { item }) };
        // The right to send does not require the right to read.
        const known = now.allows(operation, asked) || now.mayReadInstance(instance);
        const decision = now.assert(operation, asked, known);
        // While this call waited for the lock, what `matching` asks for may have changed, or been hidden.
        const isMeant = async (): Promise<boolean> =>
          matching === undefined ||
          (isUnchanged(instance, target.rev) && findsAsBefore(call, now)) ||
          (await this.listeningItems(now, field, id, matching, 1, target.itemId)).length > 0;
        if (item?.status !== 'wait' || !(await isMeant()))
          throw new Conflict('wrong-state', 'The element no longer waits for this event.');
        assertMayAddData(now, instance, data);
        await assertInput(models, now, instance, data, item.tokenId);
        const named = { kind: 'instance', id: instance.id, instanceId: instance.id, name: item.elementId };
        command.afterwards.push(() => calls.audit.allowed(now.principal, operation, named, decision));
        const { userName } = now.principal;
        const labels = now.inForce.grid.labelsWonBy(now.principal, asked);
        const reached = await engine.host.invoke(
          { 'items.id': item.id },
          data,
          userName,
          hostOptions(options),
        );
        win(reached, labels, userName);
        return reached;
      },
      { noWait: options.noWait === true },
    );
    return viewOf(this.parts, { call: now, result }, target.itemId);
  }

  /** A message reaches one receiver: a start event, otherwise the one element that waits for it. */
  async message(
    call: Call,
    { id, data, starts: [start, ...others] }: Sent,
    matching: unknown,
    options: CheckedOptions,
  ): Promise<ExecutionView> {
    if (others.length > 0)
      throw new Conflict('ambiguous', 'The message starts several models; it must name one.');
    if (start !== undefined) return startAt(this.parts, call, start, data, options, 'instance:message');
    const asked = matchingOf(matching);
    const [target, ...more] = await this.listeningItems(call, 'messageId', id, asked, 2);
    if (target === undefined) throw notFound('receiver of the message');
    if (more.length > 0)
      throw new Conflict(
        'ambiguous',
        'Several elements wait for the message; select one with a matching query.',
      );
    return this.send(call, 'messageId', target, { id, data }, asked, options);
  }

  /**
   * A signal reaches all receivers that the principal may signal; those that have ended in the meantime are
   * skipped. A failing receiver does not stop the others: the first failure is thrown after all have been tried.
   */
  async signal(
    call: Call,
    { id, data, starts }: Sent,
    matching: unknown,
    options: CheckedOptions,
  ): Promise<(string | Receiver)[]> {
    const { calls } = this.parts;
    const asked = matchingOf(matching);
    const targets = await this.listeningItems(call, 'signalId', id, asked, RECEIVERS_MOST + 1);
    if (targets.length > RECEIVERS_MOST)
      throw new BadInput(
        'too-large',
        `More than ${RECEIVERS_MOST} elements wait for the signal; select some with a matching query.`,
      );
    if (starts.length + targets.length === 0) throw notFound('receiver of the signal');
    const reached: (string | Receiver)[] = [];
    const failures: unknown[] = [];
    const reach = async (receiver: Target, work: () => Promise<(typeof reached)[number]>): Promise<void> => {
      try {
        reached.push(await calls.store.bounded(work));
      } catch (error) {
        if (isOutage(error)) throw error;
        if (!isGuardError(error) || error.status >= 500 || receiver.id === undefined) failures.push(error);
        await calls.audit.refused(call.principal, 'instance:signal', receiver, error);
      }
    };
    for (const start of starts)
      await reach(
        { kind: 'model', name: start.model.name },
        async () => (await startAt(this.parts, call, start, data, options, 'instance:signal')).id,
      );
    for (const target of targets)
      await reach({ kind: 'instance', id: target.instanceId, instanceId: target.instanceId }, () =>
        this.send(call, 'signalId', target, { id, data }, asked, options).then(() => ({
          instanceId: target.instanceId,
          itemId: target.itemId,
        })),
      );
    if (failures.length > 0) throw failures[0];
    return reached;
  }
}

import type { DecisionPoint } from '../../core/decision-point.js';
import type { SecureUser } from '../../core/principal.js';
import type { StoredFields, StoredInstance, StoredItem } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored-items.js';
import { dataOfItem, detach } from '../model/data-path.js';
import { namesIn } from '../model/derive.js';
import { taskState } from '../model/task-state.js';
import type { Data, ExecutionView, InstanceView, ItemView } from '../contract/types.js';

/** What is kept of an instance's own fields; large ones only where they are asked for. */
const INSTANCE_FIELDS = [
  'id',
  'name',
  'status',
  'version',
  'startedAt',
  'endedAt',
  'saved',
  'parentItemId',
  'tenantId',
] as const;
const ITEM_FIELDS = [
  'id',
  'seq',
  'itemKey',
  'tokenId',
  'elementId',
  'name',
  'status',
  'startedAt',
  'endedAt',
  'type',
  'timeDue',
  'messageId',
  'signalId',
  'dueDate',
  'followUpDate',
  'priority',
] as const;

function pick(from: Readonly<Record<string, unknown>>, fields: readonly string[]): Data {
  return Object.fromEntries(
    fields.filter((field) => from[field] !== undefined).map((field) => [field, detach(from[field])]),
  );
}

/**
 * An item as a caller gets it.
 * @param withData true where the principal may read the instance: process data shows to those only (spec 01)
 */
export function itemView(instance: StoredFields, item: StoredItem, withData: boolean): ItemView {
  const { owner, completedBy, why } = item.guard ?? {};
  const state = taskState(item);
  const extras = (item.guard?.extras ?? {}) as Record<string, unknown>;
  const view: Data = {
    ...pick(extras, Object.keys(extras)),
    ...pick(item, ITEM_FIELDS),
    instanceId: instance.id,
    processName: instance.name ?? '',
    instanceVersion: instance.version,
    ...(state === undefined
      ? {}
      : {
          state,
          assignee: namesIn(item.assignee)[0] ?? null,
          candidateUsers: namesIn(item.candidateUsers),
          candidateGroups: namesIn(item.candidateGroups),
        }),
    ...(owner === undefined ? {} : { owner }),
    ...(completedBy === undefined ? {} : { completedBy }),
    ...(state === 'closed' && typeof why === 'string' ? { why } : {}),
    ...(withData
      ? {
          data: detach(dataOfItem(instance, item.tokenId)),
          instanceData: detach(instance.data ?? {}),
          ...pick(item, ['userName', 'vars', 'output']),
        }
      : {}),
  };
  return view as unknown as ItemView;
}

/** The own fields of an instance; to whom may not read it, no more than every reader of its items sees. */
export function instanceFields(instance: StoredFields, readable: boolean, full = false): Data {
  const startedBy = instance.guard?.startedBy;
  const fields = readable ? [...INSTANCE_FIELDS, ...(full ? ['source', 'svg'] : [])] : ['id', 'name'];
  return {
    ...pick(instance, fields),
    ...(readable && startedBy !== undefined ? { startedBy } : {}),
    data: readable ? detach(instance.data ?? {}) : {},
  };
}

/** Cuts a stored instance down to what a principal may read. */
export class Views {
  constructor(
    private readonly point: DecisionPoint,
    private readonly bypass: boolean,
  ) {}

  mayReadInstance(principal: SecureUser, instance: StoredInstance): boolean {
    return this.bypass || this.point.allows(principal, 'instance:read', { instance });
  }

  mayReadItem(principal: SecureUser, instance: StoredInstance, item: StoredItem): boolean {
    return this.bypass || this.point.allows(principal, 'task:read', { instance, item });
  }

  items(principal: SecureUser, instance: StoredInstance): ItemView[] {
    const withData = this.mayReadInstance(principal, instance);
    return itemsOf(instance)
      .filter((item) => this.mayReadItem(principal, instance, item))
      .map((item) => itemView(instance, item, withData));
  }

  /** @param full with `source` and `svg`, as upstream's option `full` gives them; logs and save points are nobody's */
  instance(principal: SecureUser, instance: StoredInstance, full = false): InstanceView {
    const readable = this.mayReadInstance(principal, instance);
    const view: Data = {
      ...instanceFields(instance, readable, full),
      items: this.items(principal, instance),
      ...(readable ? { tokens: tokensOf(instance) } : {}),
    };
    return view as unknown as InstanceView;
  }

  /**
   * What a command returns.
   * @param instance the document as it was stored
   * @param settled asks for a fresh view when background work has settled
   */
  execution(
    principal: SecureUser,
    instance: StoredInstance,
    itemId: string | undefined,
    settled: () => Promise<ExecutionView>,
  ): ExecutionView {
    const view = this.instance(principal, instance);
    const item = view.items.find((entry) => entry.id === itemId);
    const result = {
      id: view.id,
      name: view.name,
      status: view.status,
      data: view.data,
      instance: view,
      items: view.items,
      ...(item === undefined ? {} : { item }),
      tokens: (view.tokens as Record<string, unknown>[] | undefined) ?? [],
      getItems: () => view.items,
      tillDone: settled,
    };
    // Not enumerable: it is the object itself, and a view must be printable.
    Object.defineProperty(result, 'execution', { get: () => result });
    return result as unknown as ExecutionView;
  }
}

const tokensOf = (instance: StoredInstance): Data[] =>
  ((instance.tokens ?? []) as Data[]).map((token) =>
    pick(token, ['id', 'type', 'status', 'parentToken', 'startNodeId', 'currentNode', 'itemsKey']),
  );

import { copyOfFields, deepCopy } from '../../core/copy.js';
import type { StoredFields, StoredInstance, StoredItem } from '../../store/port.js';
import { Budget } from '../../store/query/budget.js';
import { sizesOf } from '../../store/query/paging.js';
import { itemsOf } from '../../store/query/stored.js';
import { DOCUMENT_FIELDS } from '../../store/query/large-fields.js';
import { dataAt } from '../model/data-path.js';
import { namesIn } from '../model/derive.js';
import { taskState } from '../model/task-state.js';
import type { Data, ExecutionView, InstanceView, ItemView } from '../contract/types.js';
import type { Call } from './call.js';
import { LIST_BYTES } from './paging.js';
import { dataVisibility, type Visibility } from './visibility.js';

/** The instance's own fields in views. Large ones are included only on request. */
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
/** The fields that every reader of an item of the instance sees. */
const SEEN_BY_ALL = ['id', 'name'] as const;
const ITEM_FIELDS = [
  'id',
  'seq',
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

/** The view with copies of the fields that have a value. The names are ours, so none of them sets a prototype. */
function added(view: Data, from: Readonly<Record<string, unknown>>, fields: readonly string[]): Data {
  for (const field of fields) {
    const value = from[field];
    if (value !== undefined) view[field] = deepCopy(value);
  }
  return view;
}

/** Assignees, candidates and completer. Fields that are not shown are absent, except for the principal's own. */
function people(item: StoredItem, { assignees, userName }: Visibility): Data {
  const { owner, completedBy, escalation, rejectedBy } = item.guard ?? {};
  const assignee = namesIn(item.assignee)[0] ?? null;
  if (assignees)
    return {
      ...(taskState(item) === undefined
        ? {}
        : {
            assignee,
            candidateUsers: namesIn(item.candidateUsers),
            candidateGroups: namesIn(item.candidateGroups),
          }),
      ...(owner === undefined ? {} : { owner }),
      ...(completedBy === undefined ? {} : { completedBy }),
      ...(escalation === undefined ? {} : { escalation: deepCopy(escalation) }),
      ...(rejectedBy === undefined ? {} : { rejectedBy: namesIn(rejectedBy) }),
    };
  return {
    ...(assignee === userName ? { assignee } : {}),
    ...(owner === userName ? { owner } : {}),
    ...(completedBy === userName ? { completedBy } : {}),
  };
}

/** Copies a value once for all parts of an answer that include it. */
export type Copy = (value: unknown) => unknown;

function copying(): Copy {
  const copies = new Map<unknown, unknown>();
  return (value) => {
    let copy = copies.get(value);
    if (copy === undefined) copies.set(value, (copy = deepCopy(value)));
    return copy;
  };
}

/** For rows of a list, which the store copied for this answer alone. */
export const asRead: Copy = (value) => value;

/** An item as a caller sees it. */
export function itemView(
  instance: StoredFields,
  item: StoredItem,
  shown: Visibility,
  copy: Copy = copying(),
): ItemView {
  const { why, extras } = item.guard ?? {};
  const state = taskState(item);
  // The names of extras come from the model: unlike an assignment, a copy of the object keeps each as a field.
  const view = added(copyOfFields((extras ?? {}) as Readonly<Record<string, unknown>>), item, ITEM_FIELDS);
  if (isNone(item.itemKey) || shown.showsKeys()) added(view, item, ['itemKey']);
  view.instanceId = instance.id;
  view.processName = instance.name ?? '';
  view.instanceVersion = instance.version;
  if (state !== undefined) view.state = state;
  Object.assign(view, people(item, shown));
  if (state === 'closed' && typeof why === 'string') view.why = why;
  if (shown.data) {
    view.data = copy(shown.partOf(item.tokenId));
    view.instanceData = copy(instance.data ?? {});
    added(view, { vars: shown.cut(item.vars), output: shown.cut(item.output) }, ['vars', 'output']);
    if (shown.assignees) added(view, item, ['userName']);
  }
  return view as unknown as ItemView;
}

/** The instance's own fields. Callers who may not read the instance see only what every reader of its items sees. */
export function instanceFields(
  instance: StoredFields,
  readable: boolean,
  copy: Copy,
  withSource = false,
): Data {
  const { startedBy, suspension } = instance.guard ?? {};
  const view = added({}, instance, readable ? INSTANCE_FIELDS : SEEN_BY_ALL);
  if (readable && withSource) added(view, instance, DOCUMENT_FIELDS);
  if (readable && startedBy !== undefined) view.startedBy = startedBy;
  if (readable && suspension !== undefined) {
    // The instance above, which this one was suspended with, need not be one that the caller may read.
    const { with: _above, ...shown } = suspension;
    view.suspension = copy(shown);
  }
  view.data = readable ? copy(instance.data ?? {}) : {};
  return view;
}

/** The items of a stored instance that the principal may read, and whether the list was cut short. */
interface ItemsView {
  readonly items: ItemView[];
  readonly cut: boolean;
}

/** @param wanted the item that is always included */
async function itemsView(
  call: Call,
  instance: StoredInstance,
  copy: Copy,
  wanted?: string,
): Promise<ItemsView> {
  const data = call.mayReadInstance(instance);
  const all = call.seesAllAssignees;
  const { userName } = call.principal;
  const shown = call.shown(instance);
  const ofData = dataVisibility(call, instance);
  const size = sizesOf();
  const budget = new Budget(LIST_BYTES);
  const found = await call.turns.map(itemsOf(instance), (item) => {
    if (budget.isSpent && item.id !== wanted) return undefined;
    if (!call.allows('task:read', { instance, item })) return undefined;
    const isRoom = budget.take(() => size.item({ data: data ? instance.data : undefined, items: item }));
    if (!isRoom && item.id !== wanted) return undefined;
    const assignees = all || call.allows('task:assignees', { instance, item });
    return itemView(shown, item, { data, assignees, userName, ...ofData }, copy);
  });
  return { items: found.filter((item) => item !== undefined), cut: budget.isSpent };
}

/**
 * A stored instance, reduced to what the principal may read. Logs and save points are never included.
 * @param withSource includes `source` and `svg`, which belong to the model: for its readers only
 * @param wanted the item that is always included
 */
export async function instanceView(
  call: Call,
  instance: StoredInstance,
  withSource = false,
  wanted?: string,
): Promise<InstanceView> {
  const readable = call.mayReadInstance(instance);
  const copy = copying();
  const { items, cut } = await itemsView(call, instance, copy, wanted);
  const view: Data = {
    ...instanceFields(call.shown(instance), readable, copy, withSource),
    items,
    ...(cut ? { itemsCut: true } : {}),
    ...(readable ? { tokens: tokensOf(instance, dataVisibility(call, instance)) } : {}),
  };
  return view as unknown as InstanceView;
}

/**
 * The result of a command.
 * @param instance the document as stored
 * @param settled returns a fresh view once background work has settled
 */
export async function executionView(
  call: Call,
  instance: StoredInstance,
  itemId: string | undefined,
  settled: () => Promise<ExecutionView>,
): Promise<ExecutionView> {
  // Applications print the log, and the engine may write anybody's data to it.
  const view: InstanceView = { ...(await instanceView(call, instance, false, itemId)), logs: [] };
  const item = view.items.find((entry) => entry.id === itemId);
  const result = {
    id: view.id,
    name: view.name,
    status: view.status,
    data: view.data,
    instance: view,
    items: view.items,
    ...(item === undefined ? {} : { item }),
    tokens: view.tokens ?? [],
    getItems: () => view.items,
    getData: (path?: string) => dataAt(view.data, path ?? ''),
    tillDone: settled,
  };
  // Not enumerable: it refers to the object itself, and a view must be printable.
  Object.defineProperty(result, 'execution', { get: () => result });
  return result as unknown as ExecutionView;
}

const isNone = (key: unknown): boolean => key === undefined || key === null;
const TOKEN_FIELDS = ['id', 'type', 'status', 'parentToken', 'startNodeId', 'currentNode'];

function tokensOf(instance: StoredInstance, { showsKeys }: Pick<Visibility, 'showsKeys'>): Data[] {
  const tokens = (instance.tokens ?? []) as Data[];
  const withKeys = tokens.every(({ itemsKey }) => isNone(itemsKey)) || showsKeys();
  return tokens.map((token) => added({}, token, withKeys ? [...TOKEN_FIELDS, 'itemsKey'] : TOKEN_FIELDS));
}

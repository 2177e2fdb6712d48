import { deriveGuard } from '../dist/esm/engine/model/derive.js';

const MINUTE = 60_000;
/** A minute for each of a million instances: all of them begin in the past. */
const BEGUN = Date.UTC(2024, 0, 5, 8);
const SOURCE_SIZE = 10_000;
const LOG_LINES = 90;

const SOURCE = (
  '<?xml version="1.0"' +
  ` encoding="UTF-8"?>\n<bpmn:definitions>${'<bpmn:userTask id="review" name="Review" camunda:candidateGroups="clerks" />\n'.repeat(130)}`
).slice(0, SOURCE_SIZE);

/** Every field that bpmn-server writes of an item, in its order. */
function makeItem(instanceId, seq, at, fields) {
  return {
    id: `${instanceId}-item-${seq}`,
    seq,
    itemKey: null,
    tokenId: 0,
    elementId: `element-${seq}`,
    name: null,
    status: 'end',
    statusDetails: null,
    userName: fields.userName,
    startedAt: at,
    endedAt: at,
    type: 'bpmn:SequenceFlow',
    timeDue: null,
    vars: {},
    output: {},
    instanceId: null,
    messageId: null,
    signalId: null,
    assignee: null,
    candidateGroups: null,
    candidateUsers: null,
    dueDate: null,
    followUpDate: null,
    priority: null,
    ...fields,
  };
}

const makeToken = (ended) => ({
  id: 0,
  type: 'Primary',
  status: ended ? 'end' : 'wait',
  dataPath: '',
  loopId: null,
  parentToken: null,
  originItem: null,
  startNodeId: 'start',
  currentNode: ended ? 'end' : 'review',
  itemsKey: null,
});

/** About as many lines, of such a length, as bpmn-server logs for two tasks. */
const makeLogs = (id, at, length) =>
  Array.from({ length }, (_, line) => ({
    date: at,
    message: `..>>Token(0).execute element-${line % 5} of ${id}: item is in status wait, output set`,
    type: 'log',
    level: line % 4,
  }));

/** The paths below `data` for which the instances are marked. */
export const DATA_PATHS = Object.freeze(['region']);

/**
 * An instance as bpmn-server and the guard store it, about 27 KB with log and source: five items, the last of them a
 * user task that waits or, in an ended instance, was completed by who had it.
 * @param logLines how many lines of log it has
 * @param task fields of that task; `open` as the guard keeps it
 */
export function makeInstance({
  number,
  tenantId = null,
  startedBy,
  ended = false,
  logLines = LOG_LINES,
  task: { open, type = 'bpmn:UserTask', ...task },
}) {
  const id = `instance-${String(number).padStart(6, '0')}`;
  const at = new Date(BEGUN + number * MINUTE);
  const item = (seq, fields) => makeItem(id, seq, at, { userName: startedBy, ...fields });
  const items = [
    item(0, { type: 'bpmn:StartEvent', name: '' }),
    item(1, {}),
    item(2, {
      type: 'bpmn:UserTask',
      name: 'Request',
      assignee: startedBy,
      candidateUsers: [],
      candidateGroups: [],
    }),
    item(3, {}),
    item(4, {
      type,
      name: 'Review',
      candidateUsers: [],
      candidateGroups: [],
      priority: number % 10,
      ...task,
      status: ended ? 'end' : 'wait',
      endedAt: ended ? at : null,
    }),
  ];
  const kept = { [items[2].id]: { completedBy: startedBy } };
  if (open) kept[items[4].id] = { open: true };
  const instance = {
    id,
    version: 3,
    startedAt: at,
    endedAt: ended ? at : null,
    status: ended ? 'end' : 'running',
    saved: at,
    tokens: [makeToken(ended)],
    items,
    loops: [],
    name: `Process ${number % 20}`,
    data: {
      requester: startedBy,
      amount: number,
      reason: 'because',
      region: `region-${Math.floor(number / 20) % 20}`,
      address: { street: 'Main Street', number: number % 100 },
      lines: Array.from({ length: 5 }, (_, i) => ({ article: i, count: number % 7 })),
    },
    parentItemId: null,
    tenantId,
    logs: makeLogs(id, at, logLines),
    source: SOURCE,
    svg: null,
  };
  deriveGuard(instance, {
    rev: 4,
    startedBy,
    items: kept,
    initiators: ['requester'],
    dataPaths: DATA_PATHS,
  });
  return instance;
}

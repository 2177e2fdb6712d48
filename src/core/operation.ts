import { BadInput } from './errors.js';
import { meantOr } from './options.js';
import { show } from './value.js';

/** The kind of resource that an operation acts on. */
export type ResourceKind = 'task' | 'instance' | 'model' | 'system';

/** One entry of the operation catalogue. */
export interface OperationEntry {
  readonly kind: ResourceKind;
  /** Its meaning, for people. */
  readonly meaning: string;
  /** Privileges of the access rules grid; any of them grants it. */
  readonly grid: readonly string[];
  /** Rights of the rights catalogue; any of them grants it. */
  readonly rights: readonly string[];
  /** Section permissions; any of them grants it. */
  readonly sections: readonly string[];
  /** Case operations that grant it; `visibility` is the visibility of the case itself. */
  readonly cases: readonly string[];
}

const list = (text: string): readonly string[] => Object.freeze(text === '' ? [] : text.split(', '));

function entry(
  kind: ResourceKind,
  meaning: string,
  grid: string,
  rights: string,
  sections: string,
  cases = '',
): OperationEntry {
  return Object.freeze({
    kind,
    meaning,
    grid: list(grid),
    rights: list(rights),
    sections: list(sections),
    cases: list(cases),
  });
}

const EDIT = 'bpmn-process-instance-edit';

/** The catalogue of all operations. The docs are generated from it. */
export const OPERATIONS = {
  'model:read': entry(
    'model',
    'list, get, load, getSource, findEvents, findStartEvents',
    'View process',
    'Model:Read',
    'read',
  ),
  'model:create': entry(
    'model',
    'save a new model, import',
    '',
    'Model:Manage',
    'bpmn-section-create-process-def',
  ),
  'model:write': entry(
    'model',
    'save an existing model, rename',
    '',
    'Model:Manage',
    'write, bpmn-section-edit-process-def',
  ),
  'model:code': entry('model', 'save or rename a model that holds code', '', 'Expression:Evaluate', ''),
  'model:delete': entry('model', 'delete a model', '', 'Model:Manage', 'write'),
  'model:deploy': entry('model', 'make a version startable', '', 'Model:Manage', 'bpmn-process-def-deploy'),
  'model:report': entry(
    'model',
    'statistics of the instances of a model',
    'Monitor',
    'Report:Read_All, Report:Read_Own',
    'bpmn-process-def-report-view',
  ),
  'instance:start': entry(
    'model',
    'start an instance',
    'Perform event',
    'ModelInstance:Create',
    'bpmn-process-instance-run',
  ),
  'instance:read': entry(
    'instance',
    'findInstances, get, find',
    'View process',
    'ModelInstance:Read',
    'bpmn-process-instance-read',
    'visibility',
  ),
  'instance:data': entry(
    'instance',
    'change data without completing a task',
    '',
    'Variables:Update',
    EDIT,
    'ADD_DATA, REMOVE_DATA',
  ),
  'instance:event': entry(
    'instance',
    'startEvent, an ad-hoc task or process',
    'Perform event',
    'ModelInstance:Create',
    EDIT,
    'ADD_TASK_TO_CASE, ADD_PROCESS_TO_CASE',
  ),
  'instance:message': entry('instance', 'throwMessage', 'Perform event', 'ModelInstance:Notify', EDIT),
  'instance:signal': entry('instance', 'throwSignal', 'Perform event', 'Signal:Send', EDIT),
  'instance:suspend': entry('instance', 'suspend, resume', '', 'ModelInstance:Suspend', EDIT),
  'instance:cancel': entry('instance', 'terminate', '', 'ModelInstance:Terminate', EDIT, 'CANCEL_CASE'),
  'instance:delete': entry('instance', 'deleteInstances', '', 'Model:Delete', EDIT, 'DESTROY_CASE'),
  'instance:restart': entry('instance', 'restart', '', 'ModelInstance:Write', EDIT, 'REOPEN_CASE'),
  'instance:migrate': entry(
    'instance',
    'upgrade',
    '',
    'ModelInstance:Update_Model',
    'bpmn-process-instance-migrate',
  ),
  'instance:roles': entry(
    'instance',
    'set role assignments',
    '',
    'Role:Manage',
    '',
    'MODIFY_ROLE_ASSIGNMENT',
  ),
  'instance:comment': entry('instance', 'add, change or remove a comment', '', '', '', 'MODIFY_COMMENT'),
  'task:read': entry(
    'task',
    'findItems, getPendingUserTasks',
    'View task',
    'Todo:Read_Own, Todo:Read_All',
    '',
    'visibility',
  ),
  'task:assignees': entry('task', 'see who else may do it', 'View task', 'Todo:Read_Assignees', ''),
  'task:take': entry('task', 'assign to oneself, release', 'Perform task, Assign task', 'Todo:Process', ''),
  'task:assign': entry('task', 'assign to another', 'Assign task, Re-Assign task', 'Todo:Reassign', ''),
  'task:execute': entry('task', 'invoke, complete', 'Perform task', 'Todo:Process', ''),
  'task:delegate': entry(
    'task',
    'lend to another, resolve, recall',
    'Assign task',
    'Todo:Delegate_Own, Todo:Delegate_All',
    '',
  ),
  'task:reject': entry(
    'task',
    'refuse, undo the refusal',
    'Perform task',
    'Todo:Reject, Todo:Undo_Reject',
    '',
  ),
  'task:escalate': entry('task', 'hand up', 'Re-Assign task', 'Todo:Escalate_Own, Todo:Escalate_All', ''),
  'task:suspend': entry('task', 'suspend one task, resume it', '', 'ModelInstance:Suspend, Todo:Process', ''),
  'system:audit': entry(
    'system',
    'read the audit trail, monitor',
    'Monitor system wide',
    'Exception:Read, Log:Read',
    '',
  ),
  'system:policy': entry(
    'system',
    'read and change rules, sections, roles',
    '',
    'SecurityRole:Read, SecurityRole:Manage',
    '',
  ),
  'system:expression': entry('system', 'evaluate an expression', '', 'Expression:Evaluate', ''),
} as const satisfies Record<string, OperationEntry>;

/** The id of an operation, such as `task:execute`. */
export type Operation = keyof typeof OPERATIONS;

/** True for the names in the catalogue. */
export const isOperation = (name: unknown): name is Operation =>
  typeof name === 'string' && Object.hasOwn(OPERATIONS, name);

/** The message for a name that is not in the catalogue. */
export const unknownOperation = (name: unknown): string =>
  `Unknown operation ${show(name)}; ${meantOr(name, Object.keys(OPERATIONS), 'see the operation catalogue.')}`;

/**
 * Returns the operation of that name.
 * @throws BadInput `unknown-operation`, naming the value
 */
export function asOperation(name: unknown): Operation {
  if (isOperation(name)) return name;
  throw new BadInput('unknown-operation', unknownOperation(name));
}

import { AccessDenied } from './errors.js';
import { meantOr } from './options.js';
import { show } from './value.js';

/** One entry of the rights catalogue. */
export interface RightEntry {
  readonly group: RightGroup;
  /** What its holder may do, for people. */
  readonly meaning: string;
  /** For the product's own use; cannot be granted. */
  readonly internal?: true;
}

/** The subject of a right: the part of its name before the colon, in words. */
export type RightGroup =
  | 'Binaries'
  | 'Debugger'
  | 'Documents'
  | 'Exceptions'
  | 'Expressions'
  | 'Forms'
  | 'Goals'
  | 'Models'
  | 'Instances'
  | 'Logs'
  | 'Persons'
  | 'Reports'
  | 'Roles'
  | 'Schemas'
  | 'Security roles'
  | 'Settings'
  | 'Signals'
  | 'Tasks'
  | 'Variables'
  | 'Web services'
  | 'Technical';

const right = (group: RightGroup, meaning: string): RightEntry => Object.freeze({ group, meaning });
const internal = (group: RightGroup, meaning: string): RightEntry =>
  Object.freeze({ group, meaning, internal: true });

/**
 * The closed catalogue of rights. Rights about things that bpmn-server does not have, such as documents, are for
 * the application's own routes (`requireRight`).
 */
export const RIGHTS = {
  'Binary:Add': right('Binaries', 'add binary resources to the database'),
  'Binary:Delete': right('Binaries', 'remove binary resources'),
  'Binary:Read': right('Binaries', 'read binary resources'),
  'Debugger:Manage': right('Debugger', 'switch the debugger on and off, manage breakpoints'),
  'Document:Read': right('Documents', 'read documents'),
  'Document:Submit': right('Documents', 'edit and submit documents'),
  'Document:Write': right('Documents', 'import the state of a document'),
  'Exception:Read': right('Exceptions', 'see what failed and was rolled back'),
  'Exception:Remove': right('Exceptions', 'remove the record of a failure'),
  'Exception:Resend': right('Exceptions', 'send the data of a failed task again'),
  'Expression:Evaluate': right('Expressions', 'evaluate expressions at run time'),
  'Form:Preview': right('Forms', 'preview forms; not for production'),
  'GoalState:Update': right('Goals', 'change the state of a goal'),
  'Log:Read': right('Logs', 'read the audit trail: who did what, and what was refused'),
  'Model:Delete': right('Models', 'delete instances of models'),
  'Model:Manage': right('Models', 'add, change and export models'),
  'Model:Read': right('Models', 'find and read models and their resources'),
  'ModelInstance:Create': right('Instances', 'start instances'),
  'ModelInstance:Notify': right('Instances', 'send a message to an instance'),
  'ModelInstance:Read': right('Instances', 'read instances'),
  'ModelInstance:Suspend': right('Instances', 'suspend and resume instances'),
  'ModelInstance:Terminate': right('Instances', 'end running instances'),
  'ModelInstance:Update_Model': right(
    'Instances',
    'move running instances to another version of their model',
  ),
  'ModelInstance:Write': right('Instances', 'import the state of an instance, restart it'),
  'Person:Change_Own_Password': right('Persons', 'change your own password'),
  'Person:Manage': right('Persons', 'change persons and their roles'),
  'Person:Read': right('Persons', 'read persons'),
  'Report:Dashboard_Management': right('Reports', 'define dashboards that all see'),
  'Report:Read_All': right('Reports', 'read every report, whatever the report itself says'),
  'Report:Read_Own': right('Reports', 'read the reports that one is entitled to'),
  'Role:Manage': right('Roles', 'change roles'),
  'Role:Read': right('Roles', 'read roles'),
  'Schema:DropCreate': right('Schemas', 'drop and create the schema of business objects'),
  'Schema:Update': right('Schemas', 'update the schema of business objects'),
  'Schema:Validate': right('Schemas', 'validate the schema of business objects'),
  'SecurityRole:Manage': right('Security roles', 'change security roles and the rights in them'),
  'SecurityRole:Read': right('Security roles', 'read security roles and who has them'),
  'Settings:Manage': right('Settings', 'change the settings of the application'),
  'Signal:Remove': right('Signals', 'take a signal out of the queue of an instance'),
  'Signal:Send': right('Signals', 'send signals to instances'),
  'Todo:Delegate_All': right('Tasks', 'delegate any task'),
  'Todo:Delegate_Own': right('Tasks', 'delegate your own tasks'),
  'Todo:Escalate_All': right('Tasks', 'escalate any task'),
  'Todo:Escalate_Own': right('Tasks', 'escalate your own tasks'),
  'Todo:Process': right('Tasks', 'take, complete and release tasks'),
  'Todo:Read': right('Tasks', 'search tasks by criteria'),
  'Todo:Read_All': right('Tasks', 'read every task, whatever the task itself says'),
  'Todo:Read_Assignees': right('Tasks', 'see who else may do a task'),
  'Todo:Read_Own': right('Tasks', 'read the tasks that one is entitled to'),
  'Todo:Reassign': right('Tasks', 'assign a task to another'),
  'Todo:Reject': right('Tasks', 'refuse a task'),
  'Todo:Undo_Reject': right('Tasks', 'take the refusal of a task back'),
  'Todo:Write_All': right('Tasks', 'import the state of tasks'),
  'Variables:Update': right('Variables', 'change the variables of an instance'),
  'Webservice:Invoke': internal('Web services', 'call a web service of the platform'),
  'Webservice:Read': right('Web services', 'see the web services of the models'),
  'Lock:Manage': internal('Technical', 'take and release locks on data'),
  'Testing:All': internal('Technical', 'for tests of the product itself'),
} as const satisfies Record<string, RightEntry>;

/** The name of a right, such as `Document:Read`. */
export type Right = keyof typeof RIGHTS;

/**
 * True for the names in the catalogue.
 * @example
 * isRight('Document:Read'); // true
 */
export function isRight(name: unknown): name is Right {
  return typeof name === 'string' && Object.hasOwn(RIGHTS, name);
}

/**
 * Returns the right of that name.
 * @throws TypeError naming the value
 */
export function asRight(name: unknown): Right {
  if (isRight(name)) return name;
  const hint = meantOr(name, Object.keys(RIGHTS), 'see the rights catalogue.');
  throw new TypeError(`Unknown right ${show(name)}; ${hint}`);
}

/** The rights in a list of names; other names are dropped. */
export function rightsIn(value: unknown): readonly Right[] {
  return Array.isArray(value) ? value.filter(isRight) : [];
}

/** The refusal of a principal that does not hold the right. */
export const needsRight = (right: Right): AccessDenied =>
  new AccessDenied('forbidden', `You may not do this; it needs the right ${right}.`);

/*
 * The names that are understood, as tables: what reads a model looks them up here, and the table of docs/models.md is
 * made of them.
 */

/** The people of a task, as named by Camunda 7 and its relatives. */
export const PEOPLE = ['assignee', 'candidateUsers', 'candidateGroups'] as const;
/** The schedule of a task. */
export const SCHEDULE = ['dueDate', 'followUpDate', 'priority'] as const;
export type PeopleProperty = (typeof PEOPLE)[number];
export type ScheduleProperty = (typeof SCHEDULE)[number];

/** Attributes of Camunda 7 and its relatives that name who may start: users first, then groups. */
export const START_EVENT_ATTRIBUTES = ['candidateUsers', 'candidateGroups'] as const;
export const PROCESS_ATTRIBUTES = ['candidateStarterUsers', 'candidateStarterGroups'] as const;
/** The attribute of a start event that names the initiator variable. */
export const INITIATOR = 'initiator';
/** The extension element of a process that names who may start it. */
export const POTENTIAL_STARTER = 'potentialStarter';

/** Extension elements of Zeebe, with the kind of attributes that are read from each. */
export const ZEEBE_ELEMENTS: ReadonlyMap<string, 'people' | 'schedule'> = new Map([
  ['assignmentDefinition', 'people'],
  ['taskSchedule', 'schedule'],
  ['priorityDefinition', 'schedule'],
]);

/** BPMN's own roles of a task, with the property that they set. */
export const ROLES: ReadonlyMap<string, PeopleProperty> = new Map([
  ['potentialOwner', 'candidateUsers'],
  ['humanPerformer', 'assignee'],
  ['performer', 'assignee'],
]);

/** Inputs of a task with which jBPM names its people. */
export const INPUTS: ReadonlyMap<string, PeopleProperty> = new Map([
  ['ActorId', 'candidateUsers'],
  ['GroupId', 'candidateGroups'],
]);

/** The events before a task is assigned at which bpmn-server runs the scripts of listeners. */
export const EARLY_EVENTS: ReadonlySet<string> = new Set(['transformInput', 'enter', 'start', 'wait']);
/**
 * The events of listeners that are too late to decide who may take a task: of bpmn-server, of Camunda 7 and its
 * relatives, and of Zeebe.
 */
export const LATE_EVENTS: ReadonlySet<string> = new Set([
  ...['assign', 'validate', 'end'],
  ...['update', 'complete', 'delete', 'timeout'],
  ...['updating', 'completing', 'canceling'],
]);

/*
 * The names that are understood, as tables: what reads a model looks them up here, and the table of docs/models.md is
 * made of them.
 */

/** What a model says of the people of a task, by the names that Camunda 7 and its relatives use. */
export const PEOPLE = ['assignee', 'candidateUsers', 'candidateGroups'] as const;
/** What it says of its time. */
export const SCHEDULE = ['dueDate', 'followUpDate', 'priority'] as const;
export type PeopleProperty = (typeof PEOPLE)[number];
export type ScheduleProperty = (typeof SCHEDULE)[number];

/** Attributes of Camunda 7 and its relatives that say who may start: users first, then groups. */
export const START_EVENT_ATTRIBUTES = ['candidateUsers', 'candidateGroups'] as const;
export const PROCESS_ATTRIBUTES = ['candidateStarterUsers', 'candidateStarterGroups'] as const;
/** The attribute of a start event that names the variable for who started. */
export const INITIATOR = 'initiator';
/** The extension element of a process that names who may start. */
export const POTENTIAL_STARTER = 'potentialStarter';

/** Extension elements of Zeebe, and of which kind the attributes are that are read of each. */
export const ZEEBE_ELEMENTS: ReadonlyMap<string, 'people' | 'schedule'> = new Map([
  ['assignmentDefinition', 'people'],
  ['taskSchedule', 'schedule'],
  ['priorityDefinition', 'schedule'],
]);

/** BPMN's own roles of a task, and what a user is who is named in one. */
export const ROLES: ReadonlyMap<string, PeopleProperty> = new Map([
  ['potentialOwner', 'candidateUsers'],
  ['humanPerformer', 'assignee'],
  ['performer', 'assignee'],
]);

/** Inputs of a task by which jBPM names its people. */
export const INPUTS: ReadonlyMap<string, PeopleProperty> = new Map([
  ['ActorId', 'candidateUsers'],
  ['GroupId', 'candidateGroups'],
]);

/** What can be restricted to roles of a case. */
export const CASE_OPERATIONS = [
  'CLOSE_CASE',
  'CANCEL_CASE',
  'DESTROY_CASE',
  'REOPEN_CASE',
  'ADD_TASK_TO_CASE',
  'ADD_PROCESS_TO_CASE',
  'ADD_DATA',
  'REMOVE_DATA',
  'MODIFY_ROLE_ASSIGNMENT',
  'MODIFY_COMMENT',
] as const;

/** The name of a case operation, as in jBPM's `case-authorization.properties`. */
export type CaseOperation = (typeof CASE_OPERATIONS)[number];

/** The role that the starter gets where a model declares it and the start names nobody for it. */
export const OWNER = 'owner';

/** Roles that defaults name: policy data may name them, whether or not a model declares them. */
export const BUILT_IN_ROLES: readonly string[] = Object.freeze([OWNER, 'admin']);

/** The default roles of operations. Operations without an entry are for everybody in a role. */
export const CASE_DEFAULTS: Readonly<Partial<Record<CaseOperation, readonly string[]>>> = Object.freeze({
  CLOSE_CASE: BUILT_IN_ROLES,
  CANCEL_CASE: BUILT_IN_ROLES,
  DESTROY_CASE: BUILT_IN_ROLES,
  REOPEN_CASE: BUILT_IN_ROLES,
  // In jBPM everybody in a case may make themselves its owner.
  MODIFY_ROLE_ASSIGNMENT: BUILT_IN_ROLES,
});

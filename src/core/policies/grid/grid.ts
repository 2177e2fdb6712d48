/** The kinds of policy set entries of the access rules grid. */
export const GRID_RULE = 'grid-rule';
export const GRID_LABEL = 'grid-label';

export const EFFECTS = ['Allow', 'Restrict'] as const;
export const PRIVILEGES = ['View', 'Perform', 'Assign', 'Re-Assign', 'Monitor'] as const;

/** What a rule permits or forbids. */
export type Privilege = (typeof PRIVILEGES)[number];

/** A condition in its JSON form; see `parseCondition`. */
export type ConditionJson = Readonly<Record<string, unknown>>;

/**
 * The users of a rule: all; the members of a group; one user; who has won a label in the case (`role`); or those whose
 * own attributes satisfy a condition on `user.` fields (`where`), such as `{ "user.region": "north" }`.
 */
export type GridUsers =
  | 'all'
  | { readonly group: string }
  | { readonly user: string }
  | { readonly role: string }
  | { readonly where: ConditionJson };

/** The object of a rule: all processes of the tenant, one process, or a task or event of a process, by its id. */
export type GridObject =
  | 'system'
  | { readonly process: string }
  | { readonly process: string; readonly task: string }
  | { readonly process: string; readonly event: string };

/** One rule of the access rules grid: users, a privilege, an object, and for which cases. */
export interface GridRule {
  readonly effect: (typeof EFFECTS)[number];
  readonly users: GridUsers;
  readonly privilege: Privilege;
  readonly on: GridObject;
  /** Holds only for cases that satisfy this condition on `data.`, `roles.`, `instance.` and `user.` fields. */
  readonly for?: ConditionJson;
  /** The label that performing wins for the case. */
  readonly as?: string;
  /** The holder of the label may lend the task together with it. */
  readonly handOn?: true;
  /** Description of its purpose. */
  readonly says?: string;
}

/** A label that users win for a case by performing. */
export interface GridLabel {
  /** How many users may hold it in one case; missing: any number. */
  readonly multiple?: number;
  /** Description of its purpose. */
  readonly says?: string;
}

/** The rules and labels of a grid, by id and by name. */
export interface GridContents {
  readonly rules: ReadonlyMap<string, GridRule>;
  readonly labels: ReadonlyMap<string, GridLabel>;
}

/** What kind of object a rule is about. */
export type ObjectKind = 'system' | 'process' | 'task' | 'event';

export function kindOf(on: GridObject): ObjectKind {
  if (on === 'system') return 'system';
  return 'task' in on ? 'task' : 'event' in on ? 'event' : 'process';
}

/** The id of the task or event; undefined for a process and the system. */
export const elementOf = (on: GridObject): string | undefined =>
  on === 'system' ? undefined : 'task' in on ? on.task : 'event' in on ? on.event : undefined;

/** The objects to which a privilege applies. */
export const APPLIES_TO: Readonly<Record<Privilege, readonly ObjectKind[]>> = Object.freeze({
  View: ['system', 'process', 'task', 'event'],
  Perform: ['system', 'process', 'task', 'event'],
  Assign: ['system', 'process', 'task'],
  'Re-Assign': ['system', 'process', 'task'],
  Monitor: ['system', 'process'],
});

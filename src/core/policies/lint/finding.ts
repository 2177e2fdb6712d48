/** `error`: an entry that can never work; `warning`: one that probably does not. */
export type Severity = 'error' | 'warning';

/** What the linter found about an entry of a policy set. */
export interface LintFinding {
  readonly severity: Severity;
  /** What kind of finding it is. */
  readonly rule: 'unknown-name' | 'never-holds' | 'hidden' | 'label-not-won' | 'nobody-left';
  /** The entry that it is about: its kind and id. */
  readonly kind: string;
  readonly id: string;
  readonly message: string;
  /** Facts that prove it: values that contradict each other, the entry that hides this one, who did what. */
  readonly counterexample?: Readonly<Record<string, unknown>>;
}

/** All findings, and what was not looked at. */
export interface LintReport {
  readonly findings: readonly LintFinding[];
  /** False: the linter stopped early, or lacked facts; `leftOut` says of what. No finding is wrong because of that. */
  readonly complete: boolean;
  readonly leftOut: readonly string[];
}

/** A user task, as its model describes it. */
export interface TaskPeople {
  /** The model does not restrict it. */
  readonly open: boolean;
  /** Names that are known only when it starts: expressions and variables. */
  readonly dynamic: boolean;
  readonly users: readonly string[];
  readonly groups: readonly string[];
  /** The user tasks that can only come after it. */
  readonly before: readonly string[];
}

/** What the linter needs to know of a model. */
export interface LintModel {
  readonly name: string;
  /** Its elements, by id, with their types. */
  readonly elements: ReadonlyMap<string, string>;
  /** Its user tasks, by id. */
  readonly tasks: ReadonlyMap<string, TaskPeople>;
}

/** A person whom the linter may let do tasks. */
export interface LintPerson {
  readonly userName: string;
  readonly userGroups: readonly string[];
}

import type { PolicySet } from '../../policy-set/policy-set.js';

/** The kind of policy set entries for separation of duties. */
export const DUTY = 'duty';

export const DUTY_TYPES = ['not-initiator', 'not-who-did', 'must-be-who-did', 'distinct'] as const;
export type DutyType = (typeof DUTY_TYPES)[number];

/**
 * A user task. A text is the id of a task of the same instance; with a model, it is a task of any instance of the
 * same case: of a process that calls, or is called.
 */
export type DutyTask = string | { readonly model: string; readonly task: string };

interface Common {
  /** The model of the tasks that are given as texts. */
  readonly model: string;
  /**
   * The duty applies only to instances for which this condition holds, in the JSON form of `parseCondition`:
   * `{ "data.amount": { "$gt": 1000 } }`. It also applies where this cannot be told, because a field is missing or of
   * another type.
   */
  readonly when?: Readonly<Record<string, unknown>>;
  /** True: administrators must obey it too. Default: they may override it, which is recorded. */
  readonly strict?: boolean;
  /** The statement in words, for people. */
  readonly says?: string;
}

/** Who started the case may not do the tasks. */
export interface NotInitiator extends Common {
  readonly duty: 'not-initiator';
  /** Missing: all user tasks of the model. */
  readonly tasks?: readonly DutyTask[];
}

/** Nobody may do both tasks, or both must be done by the same person, whichever task comes first. */
export interface TwoTasks extends Common {
  readonly duty: 'not-who-did' | 'must-be-who-did';
  readonly task: DutyTask;
  readonly did: DutyTask;
}

/** Each of the tasks is done by another person. */
export interface Distinct extends Common {
  readonly duty: 'distinct';
  readonly tasks: readonly DutyTask[];
  /**
   * True: each item of a task that is repeated (several instances, a loop, a task entered again) needs another person
   * too. Default: only with a single task.
   */
  readonly eachItem?: boolean;
}

/** A separation of duties. */
export type Duty = NotInitiator | TwoTasks | Distinct;

/** A task with its model. */
export interface TaskOf {
  readonly model: string;
  readonly task: string;
  /** Found in any instance of the case, not only in the same instance. */
  readonly anywhere: boolean;
}

/** The task with its model. */
export const taskOf = ({ model }: Common, given: DutyTask): TaskOf =>
  typeof given === 'string' ? { model, task: given, anywhere: false } : { ...given, anywhere: true };

/** The tasks that a duty names; for `not-initiator` without tasks, none. */
export function tasksOf(duty: Duty): readonly TaskOf[] {
  const given = 'task' in duty ? [duty.task, duty.did] : (duty.tasks ?? []);
  return given.map((task) => taskOf(duty, task));
}

/** The duties of a policy set, by id. */
export const dutiesIn = (set: PolicySet): ReadonlyMap<string, Duty> =>
  set.of(DUTY) as ReadonlyMap<string, Duty>;

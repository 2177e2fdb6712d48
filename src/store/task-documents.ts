/** Parts of stored documents that are about the life of a task and about who did it. */

/** Whom a task is handed to. */
export type Handed = { readonly user: string } | { readonly group: string };

/** The last escalation of a task. */
export interface Escalation {
  readonly by: string;
  readonly at: Date;
  readonly to: Handed;
  /** How often the task was escalated. */
  readonly times: number;
}

/** Who has suspended a task or an instance, and when. */
export interface Suspension {
  readonly by: string;
  readonly at: Date;
  /** Of a called process: the instance whose suspension covers it. */
  readonly with?: string;
}

/** Who has done a user task, and who has it, in one instance or several. */
export interface TaskFact {
  readonly model: string;
  /** The id of its element. */
  readonly task: string;
  readonly done?: readonly string[];
  readonly held?: readonly string[];
  /** It was done, and nobody recorded by whom. */
  readonly unknown?: boolean;
}

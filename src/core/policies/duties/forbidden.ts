import { taskOf, tasksOf, type Duty, type TaskOf } from './duty.js';

/** What a duty forbids of one task to whom: who did, or did not do, one of the others, or who started the case. */
export interface Forbidden {
  /** Undefined: every user task of the duty's model. */
  readonly task: TaskOf | undefined;
  readonly to: 'initiator' | 'who-did' | 'who-did-not';
  readonly others: readonly TaskOf[];
}

const NO_TASKS: readonly TaskOf[] = Object.freeze([]);

/** Everything that the duty forbids, for each of its tasks. */
export function forbiddenBy(duty: Duty): Forbidden[] {
  switch (duty.duty) {
    case 'not-initiator':
      return (duty.tasks?.map((task) => taskOf(duty, task)) ?? [undefined]).map((task) => ({
        task,
        to: 'initiator',
        others: NO_TASKS,
      }));
    case 'not-who-did':
    case 'must-be-who-did': {
      const to = duty.duty === 'not-who-did' ? 'who-did' : 'who-did-not';
      const [task, did] = tasksOf(duty) as [TaskOf, TaskOf];
      return [
        { task, to, others: [did] },
        { task: did, to, others: [task] },
      ];
    }
    case 'distinct': {
      const tasks = tasksOf(duty);
      const eachItem = duty.eachItem ?? tasks.length === 1;
      return tasks.map((task, at) => ({
        task,
        to: 'who-did',
        others: eachItem ? tasks : tasks.filter((_, other) => other !== at),
      }));
    }
  }
}

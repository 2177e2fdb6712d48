import { parseCondition } from '../../condition/json.js';
import { keyOf } from '../../condition/key.js';
import { stepsOf } from '../../condition/size.js';
import { and, EVERYTHING, or, type Condition } from '../../condition/condition.js';
import { factored } from '../../condition/factor.js';
import type { Duty, TaskOf } from './duty.js';
import type { Forbidden } from './forbidden.js';
import { possibly } from './possibly.js';
import { didToo, someoneElseDid, STARTED_IT } from './who-did.js';

/** What is forbidden of one task under any of several conditions. */
interface Statement {
  readonly to: Forbidden['to'];
  readonly others: readonly TaskOf[];
  readonly whens: ReadonlySet<When>;
}

/** When duties apply; one object for equal conditions. */
interface When {
  readonly id: number;
  readonly condition: Condition;
  /** Steps that it takes to evaluate; none if it always holds. */
  readonly steps: number;
}

const ALWAYS: When = Object.freeze({ id: 0, condition: EVERYTHING, steps: 0 });

/** One duty, and its restriction on a task. */
export interface Entry {
  readonly id: string;
  readonly duty: Duty;
  readonly forbids: Forbidden;
}

/** A task that is found anywhere in the case if the one that looks is. */
const seenFrom = (from: TaskOf | undefined, other: TaskOf): TaskOf =>
  from?.anywhere === true && !other.anywhere ? { ...other, anywhere: true } : other;

const taskKey = ({ model, task, anywhere }: TaskOf): string =>
  JSON.stringify(anywhere ? [task, model] : [task]);

function because(model: string, { to, others }: Statement): Condition {
  if (to === 'initiator') return STARTED_IT;
  const from: TaskOf = { model, task: '', anywhere: false };
  return to === 'who-did' ? didToo(others, from) : or(...others.map((one) => someoneElseDid(one, from)));
}

/**
 * What duties forbid of one task, in as few statements as possible: all tasks that another person must have done under
 * the same condition are one statement, and what is forbidden under several conditions is stated once. What is equal is
 * one object, so that it is compared and compiled once.
 */
export class Statements {
  private readonly whens = new Map<string, When>();
  private readonly known = new Map<string, Condition>();

  private when({ when }: Duty): When {
    if (when === undefined) return ALWAYS;
    const given = parseCondition(when);
    const key = keyOf(given);
    let found = this.whens.get(key);
    if (found === undefined) {
      found = { id: this.whens.size + 1, condition: possibly(given), steps: stepsOf(given) };
      this.whens.set(key, found);
    }
    return found;
  }

  private of(entries: readonly Entry[]): Statement[] {
    const made = new Map<string, { to: Forbidden['to']; others: TaskOf[]; whens: Set<When> }>();
    const add = (to: Forbidden['to'], others: ReadonlyMap<string, TaskOf>, when: When): void => {
      const sorted = [...others].sort(([a], [b]) => (a < b ? -1 : 1));
      const key = JSON.stringify([to, ...sorted.map(([name]) => name)]);
      const known = made.get(key);
      if (known !== undefined) known.whens.add(when);
      else made.set(key, { to, others: sorted.map(([, other]) => other), whens: new Set([when]) });
    };
    const apart = new Map<When, Map<string, TaskOf>>();
    for (const { duty, forbids } of entries) {
      const when = this.when(duty);
      const others = forbids.others.map((other) => seenFrom(forbids.task, other));
      const named = others.map((other) => [taskKey(other), other] as const);
      const known = apart.get(when);
      if (forbids.to !== 'who-did') add(forbids.to, new Map(named), when);
      else if (known === undefined) apart.set(when, new Map(named));
      else for (const [key, other] of named) known.set(key, other);
    }
    for (const [when, others] of apart) add('who-did', others, when);
    return [...made.values()].map(({ to, others, whens }) => ({
      to,
      others,
      whens: whens.has(ALWAYS) ? new Set([ALWAYS]) : whens,
    }));
  }

  /** How many statements there are about one task, and the steps of their conditions. */
  sizeOf(entries: readonly Entry[]): { readonly statements: number; readonly steps: number } {
    const list = this.of(entries);
    const whens = list.flatMap((one) => [...one.whens]);
    return { statements: list.length, steps: whens.reduce((sum, { steps }) => sum + steps, 0) };
  }

  /** The principal is forbidden to do the task of the model that the entries name. */
  condition(model: string, entries: readonly Entry[]): Condition {
    const list = this.of(entries);
    const isWide = list.some(({ others }) => others.some(({ anywhere }) => anywhere));
    const keys = list.map(({ to, others, whens }) => [
      to,
      others.map(taskKey),
      [...whens].map(({ id }) => id),
    ]);
    const key = JSON.stringify([isWide ? model : null, keys]);
    let found = this.known.get(key);
    if (found === undefined) this.known.set(key, (found = or(...list.map((one) => conditionOf(model, one)))));
    return found;
  }
}

/** Who did what comes first: mostly it does not hold, and then no condition is evaluated. */
const conditionOf = (model: string, statement: Statement): Condition =>
  and(because(model, statement), factored([...statement.whens].map(({ condition }) => condition)));

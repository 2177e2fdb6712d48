import { parseCondition } from '../../condition/json.js';
import { deepCopy } from '../../copy.js';
import { USER_TASK } from '../../condition/element-types.js';
import { GuardError } from '../../errors.js';
import { Parts } from '../../parts.js';
import type { PolicyChange, PolicySet } from '../../policy-set/policy-set.js';
import { isPlainObject, show } from '../../value.js';
import { assertSmall, assertSmallTogether } from '../condition-limits.js';
import { badPolicy, entryFields, entryText, inside, oneOf, policyName, type EntryKinds } from '../entries.js';
import { DUTY_FILE } from './duty-file.js';
import { assertFewOnEachTask } from './duty-limits.js';
import { DUTY, DUTY_TYPES, taskOf, tasksOf, type DutyTask, type DutyType, type Duty } from './duty.js';

/** The most tasks that one duty may name, and the most duties that a set may have. */
const MOST = { tasks: 50, duties: 10_000 };
const COMMON = ['duty', 'model', 'when', 'strict', 'says'] as const;
const FIELDS: Readonly<Record<DutyType, readonly string[]>> = {
  'not-initiator': [...COMMON, 'tasks'],
  'not-who-did': [...COMMON, 'task', 'did'],
  'must-be-who-did': [...COMMON, 'task', 'did'],
  distinct: [...COMMON, 'tasks', 'eachItem'],
};
const PARTS = new Parts();
const USER_TASKS = Object.freeze([USER_TASK]);

function flag(value: unknown, what: string): boolean | undefined {
  return value === undefined || typeof value === 'boolean'
    ? value
    : badPolicy(`${what} must be true or false, got ${show(value)}.`);
}

/** An id of a model or an element, exactly as the model has it. */
function exactName(value: unknown, what: string): string {
  const name = policyName(value, what);
  return name === value
    ? name
    : badPolicy(`${what} must be a name without blanks around it, got ${show(value)}.`);
}

function readTask(value: unknown, what: string): DutyTask {
  if (!isPlainObject(value)) return exactName(value, what);
  const { model, task } = entryFields(value, what, ['model', 'task']);
  return { model: exactName(model, `The model of ${inside(what)}`), task: exactName(task, what) };
}

function readTasks(value: unknown, what: string): DutyTask[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST.tasks)
    return badPolicy(`${what} takes a list of 1 to ${MOST.tasks} tasks, got ${show(value)}.`);
  return Array.from(value as unknown[], (task) => readTask(task, `A task of ${inside(what)}`));
}

/** @throws BadInput `bad-policy` for a condition that cannot be asked of a task, `too-large` */
function readCondition(value: unknown, what: string): Record<string, unknown> {
  try {
    // A copy, which nobody can change after it was checked.
    const json = deepCopy(value) as Record<string, unknown>;
    assertSmall(json, `The condition (when) of ${inside(what)}`);
    PARTS.assertAskable('task:execute', PARTS.of(parseCondition(json)));
    return json;
  } catch (error) {
    if (error instanceof GuardError && error.code === 'too-large') throw error;
    const why = error instanceof GuardError || error instanceof TypeError ? error.message : show(value);
    return badPolicy(`The condition (when) of ${inside(what)} is not valid: ${why}`);
  }
}

const keyOf = (duty: Duty, task: DutyTask): string => {
  const { model, task: name } = taskOf(duty, task);
  return JSON.stringify([model, name]);
};

/** @throws BadInput `bad-policy` if a task is named twice */
function assertDifferent(duty: Duty, what: string): Duty {
  const tasks = 'task' in duty ? [duty.task, duty.did] : (duty.tasks ?? []);
  const keys = new Set(tasks.map((task) => keyOf(duty, task)));
  if (keys.size < tasks.length) badPolicy(`${what} names a task twice; a task cannot differ from itself.`);
  return duty;
}

/** Reads a duty as a caller passes it. @throws BadInput `bad-policy` */
function readDuty(id: string, value: unknown): Duty {
  const what = `The duty ${show(id)}`;
  const type = isPlainObject(value) ? value.duty : undefined;
  if (!isPlainObject(value)) return badPolicy(`${what} must be an object, got ${show(value)}.`);
  const duty = oneOf(type, 'duty', DUTY_TYPES);
  const given = entryFields(value, what, FIELDS[duty]);
  const strict = flag(given.strict, `strict of ${inside(what)}`);
  const says = entryText(given.says, what);
  const common = {
    model: exactName(given.model, `The model of ${inside(what)}`),
    ...(given.when !== undefined && { when: readCondition(given.when, what) }),
    ...(strict !== undefined && { strict }),
    ...(says !== undefined && { says }),
  };
  switch (duty) {
    case 'not-initiator': {
      const tasks = given.tasks === undefined ? undefined : readTasks(given.tasks, what);
      return assertDifferent({ duty, ...common, ...(tasks !== undefined && { tasks }) }, what);
    }
    case 'not-who-did':
    case 'must-be-who-did': {
      const task = readTask(given.task, `The task of ${inside(what)}`);
      const did = readTask(given.did, `The other task (did) of ${inside(what)}`);
      return assertDifferent({ duty, ...common, task, did }, what);
    }
    case 'distinct': {
      const tasks = readTasks(given.tasks, what);
      const eachItem = flag(given.eachItem, `eachItem of ${inside(what)}`);
      if (tasks.length === 1 && eachItem === false)
        badPolicy(`${what} names one task, and with eachItem false it would forbid nothing.`);
      return assertDifferent({ duty, ...common, tasks, ...(eachItem !== undefined && { eachItem }) }, what);
    }
  }
}

/** The entries of separation of duties. */
export const DUTY_ENTRIES: EntryKinds = Object.freeze({
  kinds: { [DUTY]: readDuty },
  named: [DUTY],
  file: DUTY_FILE,
  names: (_kind, value) => {
    const duty = value as Duty;
    const tasks = tasksOf(duty).map(({ model, task }) => ({ model, element: task, types: USER_TASKS }));
    return [{ model: duty.model }, ...tasks];
  },
  *check(set: PolicySet, changes: readonly PolicyChange[]) {
    if (set.of(DUTY).size > MOST.duties) badPolicy(`A policy set has at most ${MOST.duties} duties.`);
    yield* assertSmallTogether(DUTY, set.of(DUTY), changes, (duty) => {
      const { when } = duty as Duty;
      return when === undefined ? [] : [when];
    });
    assertFewOnEachTask(set, changes);
  },
} satisfies EntryKinds);

import { parseCondition } from '../../condition/json.js';
import type { Condition } from '../../condition/condition.js';
import { isGuardError } from '../../errors.js';
import { compileForAll } from '../../evaluation/evaluate.js';
import { partsOf } from '../../parts.js';
import { FORBIDDEN_KEYS } from '../../path.js';
import { messageOf } from '../../thrown.js';
import { isPlainObject, show } from '../../value.js';
import { assertSmall } from '../condition-limits.js';
import { badPolicy, entryFields, entryText, inside, oneOf, policyName } from '../entries.js';
import { readSentence } from './sentences.js';
import {
  APPLIES_TO,
  EFFECTS,
  kindOf,
  PRIVILEGES,
  type ConditionJson,
  type GridLabel,
  type GridObject,
  type GridRule,
  type GridUsers,
} from './grid.js';

const RULE_FIELDS = ['effect', 'users', 'privilege', 'on', 'for', 'as', 'handOn', 'says'];
const USER_FIELDS = ['group', 'user', 'role', 'where'] as const;
const MOST_HOLDERS = 1000;
/** Labels are names of fields of the stored case. */
const LABEL = /^[^\s.$\d"][^.$"\p{Cc}]*$/u;
const LONGEST_LABEL = 100;
/** The roots of fields of a condition on a case. */
const OF_CASE = /^(user\.|instance\.|\$(data|role)\.)/;

/** Reads the name of a label. @throws BadInput `bad-policy` */
function labelName(given: unknown, what: string): string {
  const name = policyName(given, what);
  if (!LABEL.test(name) || name.length > LONGEST_LABEL || FORBIDDEN_KEYS.has(name))
    return badPolicy(
      `${what} takes a label of at most ${LONGEST_LABEL} characters without . $ and ", which does not begin ` +
        `with a digit, got ${show(name)}.`,
    );
  return name;
}

/** The fields that a condition asks of the case; those of elements of a list were checked when it was read. */
function fieldsOf(condition: Condition): string[] {
  if (condition.op === 'not') return fieldsOf(condition.of);
  return 'of' in condition ? condition.of.flatMap(fieldsOf) : [condition.field];
}

const NOT_JSON: readonly string[] = ['undefined', 'function', 'symbol', 'bigint'];

/** JSON as it would be read back. Values that JSON lacks are refused: what is left out would widen the rule. */
function asJson(value: ConditionJson, what: string): ConditionJson {
  const expected = `${what} takes JSON: texts, numbers, true, false, lists and objects`;
  try {
    const text = JSON.stringify(value, function (this: Record<string, unknown>, key, entry: unknown) {
      const given = this[key];
      if (
        given instanceof Date ||
        NOT_JSON.includes(typeof given) ||
        (typeof given === 'number' && !Number.isFinite(given))
      )
        badPolicy(`${expected}; met ${show(given)}.`);
      return entry;
    });
    const json = JSON.parse(text) as ConditionJson;
    // An instance of another class may lose all its fields: an empty condition always holds.
    if (Object.keys(json).length === 0) badPolicy(`${expected}; met ${show(value)}.`);
    return json;
  } catch (error) {
    // What contains itself, or is too deep, ends in an error of JavaScript.
    if (isGuardError(error)) throw error;
    return badPolicy(`${expected}; the value contains itself or is nested too deeply.`);
  }
}

function condition(value: unknown, what: string, known: RegExp, expected: string): ConditionJson {
  if (!isPlainObject(value) || Object.keys(value).length === 0)
    return badPolicy(`${what} takes a condition, such as {"data.store":"$user.store"}, got ${show(value)}.`);
  let parsed: Condition;
  const json = asJson(value, what);
  assertSmall(json, what);
  try {
    parsed = parseCondition(json);
    // A rule's answer is created on first use: whatever would fail there must be refused here.
    partsOf(parsed);
    compileForAll(parsed);
  } catch (error) {
    return badPolicy(`${what}: ${messageOf(error)}`);
  }
  const strange = fieldsOf(parsed).find((field) => !known.test(field));
  return strange === undefined
    ? json
    : badPolicy(`${what} takes fields of ${expected}, got ${show(strange)}.`);
}

/** Reads the users of a rule. @throws BadInput `bad-policy` */
function readUsers(value: unknown, what: string): GridUsers {
  if (value === 'all') return value;
  const expected = `${what} needs users: "all", or one of {group}, {user}, {role}, {where}`;
  if (!isPlainObject(value)) return badPolicy(`${expected}, got ${show(value)}.`);
  const fields = entryFields(value, `The users of ${inside(what)}`, USER_FIELDS);
  const given = USER_FIELDS.filter((name) => fields[name] !== undefined);
  const [kind] = given;
  if (given.length !== 1 || kind === undefined) return badPolicy(`${expected}, got ${show(value)}.`);
  if (kind === 'where')
    return {
      where: condition(
        fields.where,
        `where of ${inside(what)}`,
        /^user\./,
        'the user, which begin with user.',
      ),
    };
  if (kind === 'role') return { role: labelName(fields.role, `The role of ${inside(what)}`) };
  const name = policyName(fields[kind], `The ${kind} of ${inside(what)}`);
  return kind === 'group' ? { group: name } : { user: name };
}

/** Reads the object of a rule. @throws BadInput `bad-policy` */
function readObject(value: unknown, what: string): GridObject {
  if (value === 'system') return value;
  if (!isPlainObject(value))
    return badPolicy(
      `${what} needs an object (on): "system", or {process}, {process, task} or {process, event}, got ${show(value)}.`,
    );
  const {
    process: given,
    task,
    event,
  } = entryFields(value, `The object of ${inside(what)}`, ['process', 'task', 'event']);
  const process = policyName(given, `The process of ${inside(what)}`);
  if (task !== undefined && event !== undefined)
    return badPolicy(`${what} is about a task or about an event, not about both.`);
  if (task !== undefined) return { process, task: policyName(task, `The task of ${inside(what)}`) };
  return event === undefined
    ? { process }
    : { process, event: policyName(event, `The event of ${inside(what)}`) };
}

const flag = (value: unknown, what: string): boolean =>
  value === undefined || value === false
    ? false
    : value === true || badPolicy(`${what} takes true or false, got ${show(value)}.`);

/** Reads a rule, an object or a sentence. @throws BadInput `bad-policy`, naming the invalid part */
export function readRule(id: string, value: unknown): GridRule {
  const what = `The rule ${show(id)}`;
  const given = entryFields(typeof value === 'string' ? readSentence(value) : value, what, RULE_FIELDS);
  const effect = oneOf(given.effect, 'effect of a rule', EFFECTS);
  const privilege = oneOf(given.privilege, 'privilege', PRIVILEGES);
  const users = readUsers(given.users, what);
  const on = readObject(given.on, what);
  const kind = kindOf(on);
  if (!APPLIES_TO[privilege].includes(kind))
    badPolicy(`${what}: ${privilege} applies to ${APPLIES_TO[privilege].join(', ')}, not to ${kind}.`);
  const when =
    given.for === undefined
      ? undefined
      : condition(
          given.for,
          `for of ${inside(what)}`,
          OF_CASE,
          'a case: data., roles., instance., items or user.',
        );
  const as = given.as === undefined ? undefined : labelName(given.as, `The label (as) of ${inside(what)}`);
  const handOn = flag(given.handOn, `handOn of ${inside(what)}`);
  if (as !== undefined && (effect !== 'Allow' || privilege !== 'Perform' || kind === 'system'))
    badPolicy(`${what}: only a rule that allows to Perform a process, a task or an event gives a label.`);
  if (handOn && as === undefined) badPolicy(`${what} has no label (as) that could be handed on.`);
  if (privilege === 'Monitor' && (when !== undefined || isRole(users)))
    badPolicy(
      `${what}: Monitor is about no single case; its users are chosen by group, user or where alone.`,
    );
  const says = entryText(given.says, what);
  return {
    effect,
    users,
    privilege,
    on,
    ...(when !== undefined && { for: when }),
    ...(as !== undefined && { as }),
    ...(handOn && { handOn }),
    ...(says !== undefined && { says }),
  };
}

const isRole = (users: GridUsers): boolean => users !== 'all' && 'role' in users;

/** Reads a label as a caller passes it. @throws BadInput `bad-policy` */
export function readLabel(id: string, value: unknown): GridLabel {
  const name = labelName(id, 'A label');
  const what = `The label ${show(name)}`;
  const { multiple, says } = entryFields(value, what, ['multiple', 'says']);
  const most = multiple as number;
  if (multiple !== undefined && !(Number.isInteger(multiple) && most >= 1 && most <= MOST_HOLDERS))
    badPolicy(`${what}: multiple is a whole number from 1 to ${MOST_HOLDERS}, got ${show(multiple)}.`);
  const text = entryText(says, what);
  return { ...(multiple !== undefined && { multiple: most }), ...(text !== undefined && { says: text }) };
}

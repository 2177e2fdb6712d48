import { parseCondition } from '../../condition/json.js';
import { referenceIn, type Condition } from '../../condition/condition.js';
import { USER_TASK } from '../../condition/element-types.js';
import { unknownName } from '../../options.js';
import { show } from '../../value.js';
import { assertSmallTogether } from '../condition-limits.js';
import {
  BadEntry,
  entryFields,
  inPlace,
  namedIn,
  type EntryKinds,
  type FileEntry,
  type NamedElement,
} from '../entries.js';
import { GRID_LABEL, GRID_RULE, type GridContents, type GridRule } from './grid.js';
import { GRID_SCHEMA } from './grid-schema.js';
import { readLabel, readRule } from './read-rule.js';
import { toObject } from './texts.js';

/** Rules of one grid: the first list after a change compiles those that it needs, while no other call runs. */
const MOST_RULES = 10_000;

const HOLDERS = 'instance.guard.roles.';
const firstOf = (path: string): string => path.split('.', 1)[0] as string;

function labelsOf(condition: Condition): string[] {
  if (condition.op === 'not') return labelsOf(condition.of);
  if ('of' in condition) return condition.of.flatMap(labelsOf);
  if (condition.op === 'some') return labelsOf(condition.where);
  const reference = referenceIn(condition);
  const { field } = condition;
  return [
    ...(field.startsWith(HOLDERS) ? [firstOf(field.slice(HOLDERS.length))] : []),
    ...(reference?.ref === 'role' ? [firstOf(reference.path)] : []),
  ];
}

/** The labels that a rule names: of its users, in its condition, and the one that it gives. */
const labelsIn = ({ users, as, for: when }: GridRule): string[] => [
  ...(users !== 'all' && 'role' in users ? [users.role] : []),
  ...(as === undefined ? [] : [as]),
  ...(when === undefined ? [] : labelsOf(parseCondition(when))),
];

/** The conditions of a rule as they are written. */
function conditionsOf(rule: unknown): readonly unknown[] {
  const { users, for: when } = rule as GridRule;
  return [
    ...(when === undefined ? [] : [when]),
    ...(users !== 'all' && 'where' in users ? [users.where] : []),
  ];
}

const USER_TASKS = Object.freeze([USER_TASK]);
/** What starts a case, or waits for a message or signal. */
const EVENTS = Object.freeze([
  'bpmn:StartEvent',
  'bpmn:IntermediateCatchEvent',
  'bpmn:BoundaryEvent',
  'bpmn:ReceiveTask',
]);

/** The process, and the task or event, that a rule names. */
function namedBy({ on, privilege }: GridRule): NamedElement[] {
  if (on === 'system') return [];
  const { process: model } = on;
  if ('task' in on) return [{ model, element: on.task, types: USER_TASKS }];
  if (!('event' in on)) return [{ model }];
  return [{ model, element: on.event, ...(privilege === 'Perform' && { types: EVENTS }) }];
}

function* inFile(value: unknown): Iterable<FileEntry> {
  const { rules = {}, labels = {} } = entryFields(value, 'The grid', ['rules', 'labels']);
  for (const [name, label] of inPlace(['labels'], () => namedIn(labels, 'Labels')))
    yield { kind: GRID_LABEL, id: name, value: label, path: ['labels', name] };
  for (const [id, rule] of inPlace(['rules'], () => namedIn(rules, 'Rules')))
    yield { kind: GRID_RULE, id, value: rule, path: ['rules', id] };
}

/** The entries of the access rules grid: rules and labels. */
export const GRID_ENTRIES: EntryKinds = Object.freeze({
  kinds: { [GRID_RULE]: readRule, [GRID_LABEL]: readLabel },
  named: [GRID_RULE, GRID_LABEL],
  file: {
    key: 'grid',
    schema: GRID_SCHEMA,
    entries: inFile,
    write(set) {
      const rules = set.of(GRID_RULE) as GridContents['rules'];
      const labels = set.of(GRID_LABEL) as GridContents['labels'];
      return rules.size + labels.size === 0 ? undefined : toObject({ rules, labels });
    },
  },
  names: (kind, value) => (kind === GRID_RULE ? namedBy(value as GridRule) : []),
  *check(set, changes) {
    const [labels, rules] = [set.of(GRID_LABEL), set.of(GRID_RULE)];
    const saved = changes.findLast(({ kind, id }) => kind === GRID_RULE && rules.has(id));
    if (rules.size > MOST_RULES && saved !== undefined) {
      const message = `A grid has at most ${MOST_RULES} rules; with ${show(saved.id)} there are ${rules.size}.`;
      throw new BadEntry(GRID_RULE, saved.id, message, 'too-large');
    }
    yield* assertSmallTogether(GRID_RULE, rules, changes, conditionsOf);
    const losesLabel = changes.some(({ kind, id }) => kind === GRID_LABEL && !labels.has(id));
    const asked = losesLabel
      ? rules
      : new Map(
          changes
            .filter(({ kind, id }) => kind === GRID_RULE && rules.has(id))
            .map(({ id }) => [id, rules.get(id)]),
        );
    for (const [id, value] of asked) {
      for (const name of labelsIn(value as GridRule)) {
        if (labels.has(name)) continue;
        const hint = unknownName(name, [...labels.keys()]);
        throw new BadEntry(
          GRID_RULE,
          id,
          `The rule ${show(id)} names the label ${show(name)}, which does not exist. ${hint}`,
        );
      }
      yield;
    }
  },
} satisfies EntryKinds);

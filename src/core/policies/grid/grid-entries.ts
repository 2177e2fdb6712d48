import { parseCondition } from '../../condition-json.js';
import { isReference, operandOf, type Condition } from '../../condition.js';
import { unknownName } from '../../options.js';
import { show } from '../../show.js';
import { BadEntry, entryFields, inPlace, namedIn, type EntryKinds, type FileEntry } from '../entries.js';
import { EFFECTS, GRID_LABEL, GRID_RULE, PRIVILEGES, type GridContents, type GridRule } from './grid.js';
import { readLabel, readRule } from './read-rule.js';
import { toObject } from './texts.js';

const HOLDERS = 'instance.guard.roles.';
const firstOf = (path: string): string => path.split('.', 1)[0] as string;

function labelsOf(condition: Condition): string[] {
  if (condition.op === 'not') return labelsOf(condition.of);
  if ('of' in condition) return condition.of.flatMap(labelsOf);
  if (condition.op === 'some') return labelsOf(condition.where);
  const operand = operandOf(condition);
  const { field } = condition;
  return [
    ...(field.startsWith(HOLDERS) ? [firstOf(field.slice(HOLDERS.length))] : []),
    ...(isReference(operand) && operand.ref === 'role' ? [firstOf(operand.path)] : []),
  ];
}

/** The labels that a rule names: of its users, in its condition, and the one that it gives. */
const labelsIn = ({ users, as, for: when }: GridRule): string[] => [
  ...(users !== 'all' && 'role' in users ? [users.role] : []),
  ...(as === undefined ? [] : [as]),
  ...(when === undefined ? [] : labelsOf(parseCondition(when))),
];

function* inFile(value: unknown): Iterable<FileEntry> {
  const { rules = {}, labels = {} } = entryFields(value, 'The grid', ['rules', 'labels']);
  for (const [name, label] of inPlace(['labels'], () => namedIn(labels, 'Labels')))
    yield { kind: GRID_LABEL, id: name, value: label, path: ['labels', name] };
  for (const [id, rule] of inPlace(['rules'], () => namedIn(rules, 'Rules')))
    yield { kind: GRID_RULE, id, value: rule, path: ['rules', id] };
}

const NAME = { type: 'string', minLength: 1 };
const CONDITION = { type: 'object', minProperties: 1 };
const object = (
  required: readonly string[],
  properties: Readonly<Record<string, unknown>>,
): Record<string, unknown> => ({ type: 'object', additionalProperties: false, required, properties });

const RULE = object(['effect', 'users', 'privilege', 'on'], {
  effect: { enum: EFFECTS },
  users: {
    oneOf: [
      { const: 'all' },
      ...['group', 'user', 'role'].map((kind) => object([kind], { [kind]: NAME })),
      object(['where'], { where: CONDITION }),
    ],
  },
  privilege: { enum: PRIVILEGES },
  on: {
    oneOf: [
      { const: 'system' },
      object(['process'], { process: NAME }),
      ...['task', 'event'].map((kind) => object(['process', kind], { process: NAME, [kind]: NAME })),
    ],
  },
  for: { ...CONDITION, description: 'Only for cases that satisfy this condition.' },
  as: { ...NAME, description: 'The label that performing wins.' },
  handOn: { type: 'boolean', description: 'The holder of the label may lend it with the task.' },
  says: { type: 'string', description: 'What it is for.' },
});

const SCHEMA = {
  description:
    'The access rules grid: who may view, perform and assign what, and the labels won by performing.',
  ...object([], {
    labels: {
      type: 'object',
      additionalProperties: object([], {
        multiple: { type: 'integer', minimum: 1, description: 'How many users may hold it in one case.' },
        says: { type: 'string', description: 'What it is for.' },
      }),
    },
    rules: {
      type: 'object',
      additionalProperties: {
        oneOf: [{ ...NAME, description: 'A sentence: Allow group "Staff" to Perform on …' }, RULE],
      },
    },
  }),
};

/** The entries of the access rules grid: rules and labels. */
export const GRID_ENTRIES: EntryKinds = Object.freeze({
  kinds: { [GRID_RULE]: readRule, [GRID_LABEL]: readLabel },
  named: [GRID_RULE, GRID_LABEL],
  file: {
    key: 'grid',
    schema: SCHEMA,
    entries: inFile,
    write(set) {
      const rules = set.of(GRID_RULE) as GridContents['rules'];
      const labels = set.of(GRID_LABEL) as GridContents['labels'];
      return rules.size + labels.size === 0 ? undefined : toObject({ rules, labels });
    },
  },
  check(set) {
    const labels = set.of(GRID_LABEL);
    for (const [id, value] of set.of(GRID_RULE))
      for (const name of labelsIn(value as GridRule)) {
        if (labels.has(name)) continue;
        const hint = unknownName(name, [...labels.keys()]);
        throw new BadEntry(
          GRID_RULE,
          id,
          `The rule ${show(id)} names the label ${show(name)}, which does not exist. ${hint}`,
        );
      }
  },
} satisfies EntryKinds);

import { EFFECTS, PRIVILEGES } from './grid.js';

const NAME = { type: 'string', minLength: 1 };
const CONDITION = { type: 'object', minProperties: 1 };
const object = (
  required: readonly string[],
  properties: Readonly<Record<string, unknown>>,
): {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
} => ({ type: 'object', additionalProperties: false, required, properties });

/** JSON schema of a rule. */
export const RULE_SCHEMA = object(['effect', 'users', 'privilege', 'on'], {
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

/** JSON schema of a label. */
export const LABEL_SCHEMA = object([], {
  multiple: { type: 'integer', minimum: 1, description: 'How many users may hold it in one case.' },
  says: { type: 'string', description: 'What it is for.' },
});

/** JSON schema of a grid. */
export const GRID_SCHEMA = {
  description:
    'The access rules grid: who may view, perform and assign what, and the labels won by performing.',
  ...object([], {
    labels: {
      type: 'object',
      additionalProperties: LABEL_SCHEMA,
    },
    rules: {
      type: 'object',
      additionalProperties: {
        oneOf: [{ ...NAME, description: 'A sentence: Allow group "Staff" to Perform on …' }, RULE_SCHEMA],
      },
    },
  }),
};

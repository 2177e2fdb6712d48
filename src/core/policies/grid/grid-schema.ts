import { LABEL_NAME, NAME, NAMES, object, says } from '../schema-parts.js';
import { EFFECTS, PRIVILEGES } from './grid.js';

const CONDITION = { type: 'object', minProperties: 1 };

/** JSON schema of a rule. */
export const RULE_SCHEMA = Object.freeze({
  ...object(['effect', 'users', 'privilege', 'on'], {
    effect: { enum: EFFECTS },
    users: {
      oneOf: [
        { const: 'all' },
        ...['group', 'user'].map((kind) => object([kind], { [kind]: NAME })),
        object(['role'], { role: LABEL_NAME }),
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
    as: { ...LABEL_NAME, description: 'The label that performing wins.' },
    handOn: { type: 'boolean', description: 'The holder of the label may lend it with the task.' },
    says: says('What it is for.'),
  }),
  if: { properties: { handOn: { const: true } }, required: ['handOn'] },
  then: { required: ['as'] },
});

/** JSON schema of a label. */
export const LABEL_SCHEMA = object([], {
  multiple: {
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    description: 'How many users may hold it in one case.',
  },
  says: says('What it is for.'),
});

/** JSON schema of a grid. */
export const GRID_SCHEMA = {
  description:
    'The access rules grid: who may view, perform and assign what, and the labels won by performing.',
  ...object([], {
    labels: {
      type: 'object',
      propertyNames: LABEL_NAME,
      additionalProperties: LABEL_SCHEMA,
    },
    rules: {
      type: 'object',
      propertyNames: NAMES,
      additionalProperties: {
        oneOf: [
          {
            type: 'string',
            pattern: '^\\s*(?:Allow|Restrict)\\s',
            description: 'A sentence: Allow group "Staff" to Perform on …',
          },
          RULE_SCHEMA,
        ],
      },
    },
  }),
};

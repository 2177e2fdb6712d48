import type { FileForm } from '../entries.js';
import { namedIn } from '../entries.js';
import { DUTY, DUTY_TYPES } from './duty.js';

const NAME = { type: 'string', minLength: 1 };
const TASK = {
  description: 'The id of a user task of the model; an object: a task of any instance of the same case.',
  anyOf: [
    NAME,
    {
      type: 'object',
      additionalProperties: false,
      required: ['model', 'task'],
      properties: { model: NAME, task: NAME },
    },
  ],
};

/** JSON schema of a duty. */
export const DUTY_SCHEMA = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: ['duty', 'model'],
  properties: {
    duty: { enum: DUTY_TYPES },
    model: { ...NAME, description: 'The model of the tasks.' },
    task: TASK,
    did: { ...TASK, description: 'The other task.' },
    tasks: { type: 'array', minItems: 1, items: TASK },
    eachItem: { type: 'boolean', description: 'Each item of a repeated task needs another person too.' },
    when: { type: 'object', description: 'A condition, such as {"data.amount": {"$gt": 1000}}.' },
    strict: { type: 'boolean', description: 'Administrators must obey it too.' },
    says: { type: 'string', description: 'The duty in words.' },
  },
});

const SCHEMA = {
  description: 'Separation of duties by name: who may not, or must, do a task because of what they did.',
  type: 'object',
  additionalProperties: DUTY_SCHEMA,
};

/** Duties in a policy file: an object of duties by name. */
export const DUTY_FILE: FileForm = Object.freeze({
  key: 'duties',
  schema: SCHEMA,
  *entries(value) {
    for (const [id, duty] of namedIn(value, 'Duties')) yield { kind: DUTY, id, value: duty, path: [id] };
  },
  write(set) {
    const duties = set.of(DUTY);
    return duties.size === 0 ? undefined : Object.fromEntries(duties);
  },
} satisfies FileForm);

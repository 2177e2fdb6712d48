import type { FileForm } from '../entries.js';
import { namedIn } from '../entries.js';
import { EXACT_NAME, NAMES, object, says } from '../schema-parts.js';
import { DUTY, type DutyType } from './duty.js';

const TASK = {
  description: 'The id of a user task of the model; an object: a task of any instance of the same case.',
  anyOf: [EXACT_NAME, object(['model', 'task'], { model: EXACT_NAME, task: EXACT_NAME })],
};
const TASKS = { type: 'array', minItems: 1, maxItems: 50, items: TASK };
const DID = { ...TASK, description: 'The other task.' };
const EACH_ITEM = { type: 'boolean', description: 'Each item of a repeated task needs another person too.' };

type Fields = Readonly<Record<string, unknown>>;

/** JSON schema of a duty. @param more further fields, all required */
export function dutySchema(more: Fields = {}): Fields {
  const ofType = (types: readonly DutyType[], required: readonly string[], fields: Fields): object =>
    object([...Object.keys(more), 'duty', 'model', ...required], {
      ...more,
      duty: { enum: types },
      model: { ...EXACT_NAME, description: 'The model of the tasks.' },
      ...fields,
      when: { type: 'object', description: 'A condition, such as {"data.amount": {"$gt": 1000}}.' },
      strict: { type: 'boolean', description: 'Administrators must obey it too.' },
      says: says('The duty in words.'),
    });
  return {
    type: 'object',
    oneOf: [
      ofType(['not-initiator'], [], { tasks: TASKS }),
      ofType(['not-who-did', 'must-be-who-did'], ['task', 'did'], { task: TASK, did: DID }),
      ofType(['distinct'], ['tasks'], { tasks: TASKS, eachItem: EACH_ITEM }),
    ],
  };
}

const SCHEMA = {
  description: 'Separation of duties by name: who may not, or must, do a task because of what they did.',
  type: 'object',
  propertyNames: NAMES,
  additionalProperties: dutySchema(),
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

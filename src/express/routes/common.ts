import type { Assignment, CommandOptions } from '../../engine/contract/types.js';
import { BadInput } from '../../core/errors.js';
import { unknownName } from '../../core/options.js';
import { COMMAND_OPTIONS } from '../../engine/enforcement/caller-input.js';
import type { Rows } from '../../engine/contract/api-types.js';
import { OPTION_KEYS } from '../on-behalf.js';
import { object, optional, query, text, type Schema } from './param.js';

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const list = (of: Schema): Schema => ({ type: 'array', items: of });
/** An object with one member, as the routes of bpmn-web answer. */
export const member = (name: string, of: Schema): Schema => ({
  type: 'object',
  required: [name],
  properties: { [name]: of },
});

/** The answer of a list without paging: if it was cut, also the cursor at which `find` continues. */
export const listing = (name: string, of: Schema): Schema => ({
  type: 'object',
  required: [name],
  properties: { [name]: list(of), nextCursor: { type: 'string' } },
});
export const listed = (name: string, rows: Rows<unknown>): Record<string, unknown> => ({
  [name]: rows,
  ...(rows.nextCursor === undefined ? {} : { nextCursor: rows.nextCursor }),
});

export const ONE_ITEM = query('Finds exactly one item, by its id or otherwise.');
export const DATA = optional(object('Input data: a plain object.', ref('Data')));
const OF_COMMAND = object<CommandOptions>('Options: startNodeId, noWait.', ref('Options'));
/**
 * Only the application's code may pass options of its own, since listeners trust them. Who names the user here has been
 * checked, and the name is dropped.
 */
export const OPTIONS = optional({
  ...OF_COMMAND,
  read(value, name) {
    const options = OF_COMMAND.read(value, name);
    const known = [...Object.keys(COMMAND_OPTIONS), ...OPTION_KEYS];
    const strange = Object.keys(options).find((key) => !known.includes(key));
    if (strange !== undefined)
      throw new BadInput(
        'bad-option',
        `Unknown option of a command: ${strange.slice(0, 60)}. ${unknownName(strange, known)}`,
      );
    return Object.fromEntries(
      Object.entries(options).filter(([key]) => !(OPTION_KEYS as readonly string[]).includes(key)),
    );
  },
});
export const ASSIGNMENT = object<Assignment>('What to assign.', ref('Assignment'));
export const MATCHING = optional(query('Which of the instances that wait for it.'));
export const MODEL = text('The name of a model.');
export const START_NODE = optional(text('The start event, where the model has several.'));

/** The options of a start; `startNodeId` has its own place in the body. */
export function startOptions(
  options: CommandOptions | undefined,
  startNodeId: string | undefined,
): CommandOptions | undefined {
  return startNodeId === undefined ? options : { ...options, startNodeId };
}

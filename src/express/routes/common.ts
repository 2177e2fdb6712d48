import type { Assignment, CommandOptions } from '../../engine/contract/types.js';
import { object, optional, query, text, type Schema } from './param.js';

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const list = (of: Schema): Schema => ({ type: 'array', items: of });
/** An object with one member, as the routes of bpmn-web answer. */
export const member = (name: string, of: Schema): Schema => ({
  type: 'object',
  required: [name],
  properties: { [name]: of },
});

export const ONE_ITEM = query('Finds exactly one item, by its id or otherwise.');
export const DATA = optional(object('Input data: a plain object.', ref('Data')));
export const OPTIONS = optional(object<CommandOptions>('Options: startNodeId, noWait.', ref('Options')));
export const ASSIGNMENT = object<Assignment>('What to assign.', ref('Assignment'));
export const MATCHING = optional(query('Which of the instances that wait for it.'));
export const MODEL = text('The name of a model.');
export const START_NODE = optional(text('The start event, where the model has several.'));

/** The options of a start; `startNodeId` has a place of its own in the body. */
export function startOptions(
  options: CommandOptions | undefined,
  startNodeId: string | undefined,
): CommandOptions | undefined {
  return startNodeId === undefined ? options : { ...options, startNodeId };
}

import { eq, ne } from './condition.js';

/** The types of elements that the guard treats specially. */
export const USER_TASK = 'bpmn:UserTask';
export const CALL_ACTIVITY = 'bpmn:CallActivity';

export const IS_USER_TASK = eq('item.type', USER_TASK);
export const NO_USER_TASK = ne('item.type', USER_TASK);

import { eq, ne } from './condition.js';

/** The `type` of user tasks among the items of an instance. */
export const USER_TASK = 'bpmn:UserTask';
/** The same of call activities. */
export const CALL_ACTIVITY = 'bpmn:CallActivity';

export const IS_USER_TASK = eq('item.type', USER_TASK);
export const NO_USER_TASK = ne('item.type', USER_TASK);

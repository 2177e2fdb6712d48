import type { Identity } from '../engine/contract/types.js';
import { localsOf, type HttpResponse } from './http.js';

/** Where `authenticate` leaves what `requirePrivilege` and `requireRight` ask; one for all copies of the package. */
export const IDENTITY = Symbol.for('bpmn-guard.identity');

/** What is asked of the guard of this request; undefined where nobody was authenticated. */
export function identityOf(res: HttpResponse): Identity | undefined {
  return (localsOf(res) as { [IDENTITY]?: Identity })[IDENTITY];
}

import type { Identity } from '../engine/contract/types.js';
import { localsOf, type HttpResponse } from './http.js';

/** Where `authenticate` leaves what `requirePrivilege` and `requireRight` ask; one for all copies of the package. */
export const IDENTITY = Symbol.for('bpmn-guard.identity');

/** What is asked of the guard of this request; undefined where nobody was authenticated. */
export function identityOf(res: HttpResponse): Identity | undefined {
  return (localsOf(res) as { [IDENTITY]?: Identity })[IDENTITY];
}

const CHALLENGE = Symbol.for('bpmn-guard.challenge');

/** What `authenticate` takes, in the words of WWW-Authenticate: for a refusal behind it. */
export function setChallenge(res: HttpResponse, challenge: string): void {
  (localsOf(res) as { [CHALLENGE]?: string })[CHALLENGE] ??= challenge;
}

/** Undefined where no `authenticate` was passed. */
export function challengeOf(res: HttpResponse): string | undefined {
  return (localsOf(res) as { [CHALLENGE]?: string })[CHALLENGE];
}

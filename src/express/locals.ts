import type { Identity } from '../engine/contract/types.js';
import { localsOf, type HttpResponse } from './http.js';

/**
 * Where `authenticate` leaves the identity for `requirePrivilege` and `requireRight`; shared by all copies of the
 * package.
 */
export const IDENTITY = Symbol.for('bpmn-guard.identity');

/** The identity of this request's guard; undefined if nothing was authenticated. */
export function identityOf(res: HttpResponse): Identity | undefined {
  return (localsOf(res) as { [IDENTITY]?: Identity })[IDENTITY];
}

const CHALLENGE = Symbol.for('bpmn-guard.challenge');

/** Sets the WWW-Authenticate challenge for refusals by later middleware. */
export function setChallenge(res: HttpResponse, challenge: string): void {
  (localsOf(res) as { [CHALLENGE]?: string })[CHALLENGE] ??= challenge;
}

/** Undefined if there was no `authenticate`. */
export function challengeOf(res: HttpResponse): string | undefined {
  return (localsOf(res) as { [CHALLENGE]?: string })[CHALLENGE];
}

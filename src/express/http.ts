import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SecureUser } from '../core/principal.js';
import type { GuardApi, Identity } from '../engine/contract/types.js';

/** The values that the middleware leaves at `res.locals` for later routes. */
export interface Locals {
  /** The API bound to the caller; missing if there is none. */
  guard?: GuardApi;
  /** The caller. */
  principal?: SecureUser;
  /** The matched route of the router, as documented (`/api/tasks/:itemId/candidates`): for logs and metrics. */
  guardRoute?: string;
  /** The refusal or failure in the answer, with its real status: bpmn-client's dialect sends 200 for most. */
  guardError?: { readonly status: number; readonly code: string };
  [name: string]: unknown;
}

/** A request of Express 4 or 5, or of `node:http` itself. */
export interface HttpRequest extends IncomingMessage {
  /** The body that a parser has left. */
  body?: unknown;
}

/** The response of Express 4 or 5, or of `node:http` itself. */
export interface HttpResponse extends ServerResponse {
  locals?: Locals;
}

export type Next = (error?: unknown) => void;

/** A middleware function for `app.use` of Express 4 and 5. */
export type Middleware = (req: HttpRequest, res: HttpResponse, next: Next) => void;

/** A middleware function for errors; Express recognises it by its four parameters. */
export type ErrorMiddleware = (error: unknown, req: HttpRequest, res: HttpResponse, next: Next) => void;

/** The client address: from Express, which applies `trust proxy`, otherwise the remote end of the connection. */
export function addressOf(req: HttpRequest): { readonly address?: string } {
  const address = (req as { ip?: unknown }).ip ?? req.socket.remoteAddress;
  return typeof address === 'string' ? { address } : {};
}

/** The locals of a response; created if no framework has. */
export function localsOf(res: HttpResponse): Locals {
  return (res.locals ??= {});
}

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

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SecureUser } from '../core/principal.js';
import type { GuardApi } from '../engine/contract/types.js';

/** What the middleware leaves at `res.locals` for the routes behind it. */
export interface Locals {
  /** The API bound to who calls; missing where nobody does. */
  guard?: GuardApi;
  /** Who calls. */
  principal?: SecureUser;
  /**
   * The route of the router that answers, as it is documented (`/api/tasks/:itemId/candidates`): for logs and
   * measures.
   */
  guardRoute?: string;
  /** The refusal or failure that was answered, with its real status: bpmn-client's dialect sends 200 for most. */
  guardError?: { readonly status: number; readonly code: string };
  [name: string]: unknown;
}

/** A request of Express 4 or 5, or of `node:http` itself. */
export interface HttpRequest extends IncomingMessage {
  /** What a body parser has left. */
  body?: unknown;
}

/** The answer to it. */
export interface HttpResponse extends ServerResponse {
  locals?: Locals;
}

export type Next = (error?: unknown) => void;

/** A middleware function: mounts in Express 4 and 5 by `app.use`. */
export type Middleware = (req: HttpRequest, res: HttpResponse, next: Next) => void;

/** One that takes errors; Express knows it by its four parameters. */
export type ErrorMiddleware = (error: unknown, req: HttpRequest, res: HttpResponse, next: Next) => void;

/** Where a request comes from: as Express has it, whose `trust proxy` says whom to believe, else the other end. */
export function addressOf(req: HttpRequest): { readonly address?: string } {
  const address = (req as { ip?: unknown }).ip ?? req.socket.remoteAddress;
  return typeof address === 'string' ? { address } : {};
}

/** The locals of an answer; made where no framework has. */
export function localsOf(res: HttpResponse): Locals {
  return (res.locals ??= {});
}

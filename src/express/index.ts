import type { Operation } from '../core/operation.js';
import type { Right } from '../core/rights.js';
import type { Guard as EngineGuard, GuardLogger } from '../engine/contract/types.js';
import { authenticate } from './authenticate.js';
import type { AuthenticateOptions } from './authenticate-options.js';
import { createErrorHandler } from './error-handler.js';
import type { ErrorMiddleware, Middleware } from './http.js';
import { requirePrivilege, requireRight, type RequirePrivilegeOptions } from './require.js';
import { createRouter, type RouterOptions } from './router.js';

/** How the error handler answers; as the router that it stands behind. */
export type ErrorHandlerOptions = Pick<RouterOptions, 'dialect' | 'logger'>;

/** What a guard does at HTTP: middleware for Express 4 and 5. */
export interface HttpFace {
  /**
   * Establishes who calls; comes first. Behind it `res.locals.principal` is who calls, `res.locals.guard` the API bound
   * to it, and calls of `guard.server` are enforced for it.
   */
  authenticate(options?: AuthenticateOptions): Middleware;
  /** The routes that bpmn-client calls, and the guard's own; behind `authenticate`. */
  router(options?: RouterOptions): Middleware;
  /** Lets a request pass when its principal may do the operation; behind `authenticate`. */
  requirePrivilege(operation: Operation, options?: RequirePrivilegeOptions): Middleware;
  /** Lets a request pass when its principal holds the right; behind `authenticate`. */
  requireRight(right: Right): Middleware;
  /** Answers errors, without stack, path or message of what is not the guard's own; comes last. */
  errorHandler(options?: ErrorHandlerOptions): ErrorMiddleware;
}

/**
 * The HTTP side of a guard.
 * @param logger that of the guard, where the router or the error handler is given none
 */
export function express(guard: EngineGuard, logger?: GuardLogger): HttpFace {
  const logged = <T extends ErrorHandlerOptions>(options?: T): T | ErrorHandlerOptions =>
    logger === undefined || options?.logger !== undefined ? (options ?? {}) : { ...options, logger };
  return Object.freeze({
    authenticate: (options?: AuthenticateOptions) => authenticate(guard, options),
    router: (options?: RouterOptions) => createRouter(guard, logged(options)),
    requirePrivilege,
    requireRight,
    errorHandler: (options?: ErrorHandlerOptions) => createErrorHandler(logged(options)),
  } satisfies HttpFace);
}

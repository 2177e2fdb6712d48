import type { Operation } from '../core/operation.js';
import type { Right } from '../core/rights.js';
import type { Guard as EngineGuard, GuardLogger } from '../engine/contract/types.js';
import { authenticate } from './authenticate.js';
import type { AuthenticateOptions } from './authenticate-options.js';
import { createErrorHandler, type ErrorHandlerOptions } from './error-handler.js';
import type { ErrorMiddleware, Middleware } from './http.js';
import { apiKeys } from './keys.js';
import { protect } from './protect.js';
import { requirePrivilege, requireRight, type RequirePrivilegeOptions } from './require.js';
import { createRouter, type RouterOptions } from './router.js';

/** What a guard does at HTTP: middleware for Express 4 and 5. */
export interface HttpFace {
  /**
   * Establishes who calls; comes first. Behind it `res.locals.principal` is who calls, `res.locals.guard` the API
   * bound to it, and calls of `guard.server` are enforced for it.
   */
  authenticate(options?: AuthenticateOptions): Middleware;
  /** The routes that bpmn-client calls, and the guard's own; behind `authenticate`. */
  router(options?: RouterOptions): Middleware;
  /** Lets a request pass when its principal may do the operation; behind `authenticate`. */
  requirePrivilege(operation: Operation, options?: RequirePrivilegeOptions): Middleware;
  /** Lets a request pass when its principal holds the right; behind `authenticate`. */
  requireRight(right: Right): Middleware;
  /**
   * Answers refusals and failures of the guard: a program with JSON, a browser with a page. Errors of the application
   * go on to `next`, unchanged. Comes behind the routes.
   */
  errorHandler(options?: ErrorHandlerOptions): ErrorMiddleware;
  /**
   * Has async routes of an application on Express 4 pass their errors on to `next`, as Express 5 does. `authenticate`
   * and `router` do this by themselves for the application that they are mounted in.
   * @returns the application
   */
  protect<T>(app: T): T;
}

/**
 * The HTTP side of a guard.
 * @param logger that of the guard, for the keys, and where the router or the error handler is given none
 */
export function express(guard: EngineGuard, logger?: GuardLogger): HttpFace {
  const logged = <T extends { readonly logger?: GuardLogger }>(options?: T): T =>
    (logger === undefined || options?.logger !== undefined ? (options ?? {}) : { ...options, logger }) as T;
  return Object.freeze({
    authenticate: (options?: AuthenticateOptions) =>
      authenticate(
        guard,
        options?.keys === undefined ? { ...options, keys: apiKeys(guard.store, { logger }) } : options,
      ),
    router: (options?: RouterOptions) => createRouter(guard, logged(options)),
    requirePrivilege,
    requireRight,
    errorHandler: (options?: ErrorHandlerOptions) => createErrorHandler(logged(options)),
    protect,
  } satisfies HttpFace);
}

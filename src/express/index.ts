import { assertArgument, OPTIONAL_OBJECT, type Kind } from '../core/options.js';
import type { Operation } from '../core/operation.js';
import type { Right } from '../core/rights.js';
import type { Guard as EngineGuard, GuardLogger } from '../engine/contract/types.js';
import { answering } from './answering.js';
import { authenticate } from './authenticate.js';
import type { AuthenticateOptions } from './authenticate-options.js';
import { createErrorHandler, type ErrorHandlerOptions } from './error-handler.js';
import type { ErrorMiddleware, Middleware } from './http.js';
import { apiKeys, type ApiKeysOptions } from './keys.js';
import { protect } from './protect.js';
import { requirePrivilege, requireRight, type RequirePrivilegeOptions } from './require.js';
import { createRouter, type RouterOptions } from './router.js';

/** The HTTP side of a guard: middleware for Express 4 and 5. */
export interface HttpFace {
  /**
   * Authenticates the caller; must come first. After it, `res.locals.principal` is the caller, `res.locals.guard`
   * the API bound to it, and calls of `guard.server` are enforced for it.
   */
  authenticate(options?: AuthenticateOptions): Middleware;
  /** The routes that bpmn-client calls, and the guard's own; must come after `authenticate`. */
  router(options?: RouterOptions): Middleware;
  /** Passes requests whose principal may perform the operation; must come after `authenticate`. */
  requirePrivilege(operation: Operation, options?: RequirePrivilegeOptions): Middleware;
  /** Passes requests whose principal holds the right; must come after `authenticate`. */
  requireRight(right: Right): Middleware;
  /**
   * Answers the guard's refusals and failures: JSON for programs, a page for browsers. Passes the application's own
   * errors to `next` unchanged. Must come after the routes.
   */
  errorHandler(options?: ErrorHandlerOptions): ErrorMiddleware;
  /**
   * Makes async routes of an Express 4 application pass their errors to `next`, as Express 5 does, and answers a
   * request with a refusal in a promise that its route does not return. `authenticate` does both for the application
   * in which it is mounted, `router` the first.
   * @returns the application
   */
  protect<T>(app: T): T;
}

const APPLICATION: Kind = {
  takes: 'an application or a router of Express',
  holds: (value) => typeof value === 'function' && typeof (value as { use?: unknown }).use === 'function',
};

/**
 * Creates the HTTP side of a guard.
 * @param logger the guard's logger, for the keys; also the default of the router and the error handler
 */
export function express(guard: EngineGuard, logger?: GuardLogger): HttpFace {
  const logged = <T extends { readonly logger?: GuardLogger }>(of: string, options?: T): T => {
    assertArgument(of, options, OPTIONAL_OBJECT);
    return (
      logger === undefined || options?.logger !== undefined ? (options ?? {}) : { ...options, logger }
    ) as T;
  };
  const answerRefusals = answering(guard.identity);
  return Object.freeze({
    authenticate: (options?: AuthenticateOptions) => {
      assertArgument('authenticate', options, OPTIONAL_OBJECT);
      if (options?.keys !== undefined) return authenticate(guard, options);
      return authenticate(guard, {
        ...options,
        keys: apiKeys(guard.store, logged<ApiKeysOptions>('apiKeys')),
      });
    },
    router: (options?: RouterOptions) => createRouter(guard, logged('router', options)),
    requirePrivilege,
    requireRight,
    errorHandler: (options?: ErrorHandlerOptions) => createErrorHandler(logged('errorHandler', options)),
    protect: (app) => {
      assertArgument('protect', app, APPLICATION);
      protect(app);
      answerRefusals(app as object);
      return app;
    },
  } satisfies HttpFace);
}

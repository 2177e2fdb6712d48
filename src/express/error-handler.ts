import type { ErrorMiddleware } from './http.js';
import { matcher, pathOf } from './match.js';
import { sendError } from './problem.js';
import { checkRouterOptions, dialectAt, type RouterOptions } from './router.js';
import { ROUTES } from './routes/index.js';

/**
 * Answers every error that reaches it, refusals of `authenticate` and of the application's own calls included, without
 * stack, path or message of what is not the guard's own. Mounted last, where the router is mounted.
 * @param options `dialect` as of the router: how its routes are answered; all other paths get problem details
 * @throws BadInput `bad-configuration`
 */
export function createErrorHandler(options: Pick<RouterOptions, 'dialect' | 'logger'> = {}): ErrorMiddleware {
  const { dialect, logger } = checkRouterOptions(options);
  const match = matcher(ROUTES);
  // Express tells error handlers by their four parameters.
  return function guardErrors(error, req, res, _next) {
    sendError(req, res, error, dialectAt(match(pathOf(req.url)), dialect), logger);
  };
}

import { ERROR_CODES, GuardError } from 'bpmn-guard';
import { Router } from 'express';
import { TooMany } from '../web/limits.js';

/** The paths of the REST face; everything else is a page. */
const PATHS = /^\/(?:api2?|openapi\.json|docs|docs\.js|docs\.css|health|ready)(?:\/|$)/;

/** A real 429 in both dialects: what is refused here has not got as far as the call. */
function tooMany(error, req, res, next) {
  if (!(error instanceof TooMany)) return next(error);
  const code = 'too-many';
  res
    .status(429)
    .type('application/problem+json')
    .json({
      type: `urn:bpmn-guard:error:${code}`,
      title: ERROR_CODES[code].meaning,
      status: 429,
      detail: 'Too many calls; try again later.',
      code,
    });
}

/**
 * The routes that bpmn-client calls, at the paths where it calls them. Who calls is said by a key and by nothing else:
 * these routes come before the sessions, so that neither does a key need a token for forms, nor is a page of
 * another site
 * of use to somebody whose visitor has a session here.
 */
export function restFace(guard, keys, limits, logger) {
  const routes = Router();
  routes.use(
    limits.keys,
    limits.known(keys),
    guard.authenticate({ keys, required: false }),
    limits.calls,
    guard.router({ logger }),
  );
  routes.use((req, res, next) => next(new GuardError('not-found', 'There is no such route.')));
  routes.use(tooMany, guard.errorHandler({ logger }));
  return function rest(req, res, next) {
    if (!PATHS.test(req.path)) return next();
    return routes(req, res, next);
  };
}

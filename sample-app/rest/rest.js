import { ERROR_CODES, GuardError } from 'bpmn-guard';
import { Router } from 'express';
import { TooMany } from '../web/limits.js';

/** The paths of the REST API; everything else is a page. */
const PATHS = /^\/(?:api2?|openapi\.json|docs|docs\.js|docs\.css|health|ready)(?:\/|$)/;

/** A real 429 in both dialects: requests refused here have not reached the call. */
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
 * The routes of bpmn-client, at the paths that it calls. Callers authenticate with a key only: these routes come
 * before the sessions, so that a key needs no form token, and a page of another site cannot use a visitor's
 * session.
 */
export function restFace(guard, keys, limits, logger) {
  const routes = Router();
  routes.use(
    limits.keys,
    limits.known(keys),
    limits.calls,
    guard.authenticate({ keys, required: false }),
    guard.router({ logger }),
  );
  routes.use((req, res, next) => next(new GuardError('not-found', 'There is no such route.')));
  routes.use(tooMany, guard.errorHandler({ logger }));
  return function rest(req, res, next) {
    if (!PATHS.test(req.path)) return next();
    return routes(req, res, next);
  };
}

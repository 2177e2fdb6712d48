import { randomUUID } from 'node:crypto';

/** The route of the request as written in the code: an address may contain names, ids and accidental pastes. */
const routeOf = (req, res) =>
  res.locals.guardRoute ??
  res.locals.route ??
  (typeof req.route?.path === 'string' ? req.route.path : undefined);

/**
 * Logs a line per request when it is finished: number, method, route, status, milliseconds, and user. Nothing that
 * was sent: no query, header, cookie or body. The response has the number as `X-Request-Id`. The status is the real
 * one: refusals in bpmn-client's form are sent with 200, which `sent` shows.
 */
export function logRequests(logger) {
  return function requests(req, res, next) {
    const begin = performance.now();
    const id = randomUUID();
    res.locals.requestId = id;
    res.set('X-Request-Id', id);
    res.once('close', () => {
      const { view, principal, key, guardError: refused } = res.locals;
      const user = view?.user?.userName ?? principal?.userName;
      logger.info('request', {
        id,
        method: req.method,
        route: routeOf(req, res),
        status: refused?.status ?? res.statusCode,
        sent: refused === undefined || refused.status === res.statusCode ? undefined : res.statusCode,
        code: refused?.code,
        ms: Math.round(performance.now() - begin),
        user,
        key,
        broken: res.writableFinished ? undefined : true,
      });
    });
    next();
  };
}

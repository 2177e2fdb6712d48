import { randomUUID } from 'node:crypto';

/**
 * The route that answered, as it is written in the code: an address can hold names, ids, and what somebody pasted into
 * it by mistake.
 */
const routeOf = (req, res) =>
  res.locals.guardRoute ??
  res.locals.route ??
  (typeof req.route?.path === 'string' ? req.route.path : undefined);

/**
 * Writes a line for each request, when it is over: number, method, route, status, milliseconds, and who asked. Nothing
 * that was sent: no query, no header, no cookie, no body. The number is in the answer as `X-Request-Id`. The status is
 * the real one: refusals that bpmn-client understands are sent with 200, and `sent` says so.
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

/** A path of this server, and no address of another one. */
const OWN_PATH = /^\/(?![/\\])/;
const LONGEST = 500;

/** A page that somebody wanted to see: no picture, no script of another page. */
const isWanted = ({ method, originalUrl, headers }) =>
  method === 'GET' &&
  OWN_PATH.test(originalUrl) &&
  originalUrl.length <= LONGEST &&
  ['document', undefined].includes(headers['sec-fetch-dest']);

/**
 * Establishes who acts: `res.locals.view.user`, and `res.locals.api`, the guarded API bound to that user. Who has not
 * signed in is sent to do so. Without authentication the configured development user acts.
 */
export function actingUser(guard, users, config) {
  async function find(req) {
    if (config.requireAuthentication) return req.user;
    return (await users.find(config.developmentUser)) ?? { userName: config.developmentUser, userGroups: [] };
  }

  return async function user(req, res, next) {
    const found = await find(req);
    if (found) {
      res.locals.view.user = found;
      res.locals.api = guard.as(found);
      return next();
    }
    if (isWanted(req)) {
      req.session.next = req.originalUrl;
      res.locals.sessionChanged = true;
    }
    res.locals.go('/login');
  };
}

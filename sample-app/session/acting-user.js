/** A path on this server, not an address of another one. */
const OWN_PATH = /^\/(?![/\\])/;
const LONGEST = 500;

/** A page request by a person; not for a picture or script of another page. */
const isWanted = ({ method, originalUrl, headers }) =>
  method === 'GET' &&
  OWN_PATH.test(originalUrl) &&
  originalUrl.length <= LONGEST &&
  ['document', undefined].includes(headers['sec-fetch-dest']);

/**
 * Establishes the acting user: `res.locals.view.user`, and `res.locals.api`, the API bound to that user. Visitors
 * who are not signed in are sent to the login. Without authentication, the configured development user acts.
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

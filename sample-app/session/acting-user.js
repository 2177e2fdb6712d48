import { publicUser } from '../guard/directory.js';

/** A path of this server, and no address of another one. */
const OWN_PATH = /^\/(?![/\\])/;

/**
 * Establishes who acts: `res.locals.view.user`, and `res.locals.api`, the guarded API bound to that user. Who has not
 * signed in is sent to do so. Without authentication the configured development user acts.
 */
export function actingUser(guard, config) {
  async function find(req) {
    if (config.requireAuthentication) return req.user;
    return (await guard.store.users.find(config.developmentUser)) ?? { userName: config.developmentUser };
  }

  return async function user(req, res, next) {
    const found = await find(req);
    if (found) {
      res.locals.view.user = publicUser(found);
      res.locals.api = guard.as(res.locals.view.user);
      return next();
    }
    if (req.method === 'GET' && OWN_PATH.test(req.originalUrl)) req.session.next = req.originalUrl;
    res.redirect(303, '/login');
  };
}

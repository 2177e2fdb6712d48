import { Router } from 'express';
import { ownSessionsPage } from '../pages/own-sessions.js';
import { endSession } from '../session/begin.js';
import { clearSessionCookie } from '../session/cookie.js';

/** The user's sessions, and signing out of all of them. @param records see `session/records.js` */
export function ownSessionRoutes(sessions, config, records) {
  const routes = Router();

  routes.get('/account/sessions', async (req, res) => {
    const { userName, mark } = req.session.passport.user;
    const own = await sessions.listOf(userName, mark, req.sessionID);
    res.locals.show(ownSessionsPage(res.locals.view, own));
  });

  routes.post('/account/sessions/end', async (req, res) => {
    const { userName } = res.locals.view.user;
    await sessions.endAll(userName);
    await endSession(req);
    await records.signedOut(req, userName);
    clearSessionCookie(res, config);
    res.redirect(303, '/login');
  });

  return routes;
}

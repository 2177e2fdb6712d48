import { Router } from 'express';
import { loginPage } from '../pages/login.js';
import { beginSession, endSession } from '../session/begin.js';
import { clearSessionCookie } from '../session/cookie.js';

const WRONG = 'That user name and password do not belong together.';

/** Signing in and out. */
export function sessionRoutes(login, limits, config) {
  const routes = Router();

  routes.get('/login', (req, res) => {
    if (req.user) return res.locals.go('/tasks');
    return res.locals.show(loginPage(res.locals.view));
  });

  routes.post('/login', limits.passwords, async (req, res) => {
    const target = req.session.next ?? '/tasks';
    const user = await login.check(req, res);
    if (user === undefined)
      return res.locals.show(
        loginPage(res.locals.view, { message: WRONG, userName: String(req.body.userName ?? '') }),
        401,
      );
    await beginSession(req, user);
    return res.locals.go(target);
  });

  routes.post('/logout', async (req, res) => {
    await endSession(req);
    clearSessionCookie(res, config);
    return res.redirect(303, '/login');
  });

  return routes;
}

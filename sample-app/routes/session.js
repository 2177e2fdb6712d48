import { Router } from 'express';
import { loginPage } from '../pages/login.js';
import { beginSession, endSession } from '../session/begin.js';
import { DEMO_USERS } from '../users/demo.js';
import { clearSessionCookie } from '../session/cookie.js';

const WRONG = 'The user name or the password is wrong.';

/** Login and logout. @param sessions the session store @param records see `session/records.js` */
export function sessionRoutes(login, sessions, limits, config, records) {
  const routes = Router();
  const demoUsers = config.demoUsers ? DEMO_USERS : [];

  async function check(req, res) {
    try {
      return await login.check(req, res);
    } catch (error) {
      records.failed(req, error);
      throw error;
    }
  }

  routes.get('/login', (req, res) => {
    if (req.user) return res.locals.go('/tasks');
    return res.locals.show(loginPage(res.locals.view, { demoUsers }));
  });

  routes.post('/login', limits.passwords.count, async (req, res) => {
    const target = req.session.next ?? '/tasks';
    const user = await check(req, res);
    if (user === undefined) {
      await records.refused(req);
      return res.locals.show(
        loginPage(res.locals.view, { message: WRONG, userName: String(req.body.userName ?? ''), demoUsers }),
        401,
      );
    }
    limits.passwords.isRight(req, res);
    await beginSession(req, user, sessions);
    await records.signedIn(req, user);
    return res.locals.go(target);
  });

  routes.post('/logout', async (req, res) => {
    const { userName } = req.user ?? {};
    await endSession(req);
    await records.signedOut(req, userName);
    clearSessionCookie(res, config);
    return res.redirect(303, '/login');
  });

  return routes;
}

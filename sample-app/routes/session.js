import { Router } from 'express';
import { loginPage } from '../pages/login.js';

const WRONG = 'That user name and password do not belong together.';

/** Signing in and out. */
export function sessionRoutes(login, cookieName) {
  const routes = Router();

  routes.get('/login', (req, res) => {
    if (req.user) return res.redirect(303, '/tasks');
    res.locals.show(loginPage(res.locals.view));
  });

  routes.post('/login', (req, res, next) => {
    const target = req.session.next ?? '/tasks';
    login.authenticate('local', (error, user) => {
      if (error) return next(error);
      if (!user) return res.locals.show(loginPage(res.locals.view, { message: WRONG, userName: String(req.body.userName ?? '') }), 401);
      // Passport regenerates the session here: an id that was known before the login is worth nothing after it.
      req.logIn(user, (failure) => (failure ? next(failure) : res.redirect(303, target)));
    })(req, res, next);
  });

  routes.post('/logout', (req, res, next) => {
    req.session.destroy((error) => {
      if (error) return next(error);
      res.clearCookie(cookieName);
      res.redirect(303, '/login');
    });
  });

  return routes;
}

import { isGuardError, userAdmin } from 'bpmn-guard';
import { Router } from 'express';
import { accountPage } from '../pages/account.js';
import { beginSession } from '../session/begin.js';
import { goTo } from '../web/view.js';

/** The problem of a form for a new password; undefined if the form was not the cause. */
function problemOf(error) {
  if (!isGuardError(error)) return undefined;
  if (error.code === 'forbidden')
    return { field: 'old', text: 'That is not your old password.', status: 403 };
  return error.code === 'bad-request' ? { field: 'password', text: error.message, status: 400 } : undefined;
}

/** The account page, where users change their own password. */
export function accountRoutes(guard, users, login, limits, sessions) {
  const routes = Router();
  const admin = userAdmin(guard, users);

  routes.get('/account', (req, res) => res.locals.show(accountPage(res.locals.view)));

  /** @throws AccessDenied if it was not the old password for which the user was refused */
  async function assertMayChange(user) {
    const { identity } = guard;
    await identity.persons.assertMayChangeOwnPassword(await identity.establish(user));
  }

  routes.post('/account/password', limits.ownPasswords.count, async (req, res) => {
    const { view } = res.locals;
    const { old, password, again } = req.body;
    const refuse = ({ status, ...problem }) => res.locals.show(accountPage(view, { problem }), status);
    if (password !== again)
      return refuse({ field: 'again', text: 'The two new passwords differ.', status: 400 });
    try {
      await admin.changeOwnPassword(old, password, view.user);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      if (problem.field === 'old') await assertMayChange(view.user);
      return refuse(problem);
    }
    limits.ownPasswords.isRight(req, res);
    // All earlier sessions end with the password, including this one.
    await sessions.endAll(view.user.userName);
    await beginSession(req, await login.again(view.user.userName), sessions);
    return goTo(req, res, '/account', 'Your password is changed.');
  });

  return routes;
}

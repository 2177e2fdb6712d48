import { BadInput, Conflict, isGuardError, userAdmin } from 'bpmn-guard';
import { Router } from 'express';
import { addressOf, shownFacts, userPage, usersPage } from '../pages/users.js';
import { goTo } from '../web/view.js';
import { NotHere } from '../web/problem.js';

const listed = (text) =>
  String(text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
/** Refusals that are shown together with the submitted form. */
const SHOWN = ['bad-request', 'conflict', 'forbidden'];

/** The attributes with the supervisor from a form; others are kept. */
function withSupervisor(attributes, text) {
  const { supervisor: _before, ...others } = attributes ?? {};
  const supervisor = String(text ?? '').trim();
  return supervisor === '' ? others : { ...others, supervisor };
}

const administers = (groups) => groups.includes('ADMIN') || groups.includes('SYSTEM');

/** An administrator who leaves ADMIN here would be refused the rest of the form, and could be the last one. */
function keepAdministration(userName, groups, by) {
  if (userName === by.userName && administers(by.userGroups) && !administers(groups))
    throw new BadInput('bad-request', 'This is you: another administrator has to remove you from ADMIN.');
}

/** The administration of users; the guard decides at each call who may use it. */
export function userRoutes(guard, users) {
  const routes = Router();
  const admin = userAdmin(guard, users);

  async function find(req, res) {
    const all = await admin.list(res.locals.view.user);
    const user = all.find(({ userName }) => userName === req.params.name);
    if (!user) throw new NotHere();
    return user;
  }

  /** Runs work; if it is refused, `again` shows the form with the reason. */
  async function attempt(work, again) {
    try {
      await work();
    } catch (error) {
      if (!isGuardError(error) || !SHOWN.includes(error.code)) throw error;
      return again(error);
    }
  }

  routes.get('/users', async (req, res) =>
    res.locals.show(usersPage(res.locals.view, { users: await admin.list(res.locals.view.user) })),
  );

  routes.post('/users', async (req, res) => {
    const { view } = res.locals;
    const { userName, groups, supervisor, password } = req.body;
    const { tenantId } = view.user;
    const add = () =>
      admin
        .add(
          {
            userName,
            userGroups: listed(groups),
            attributes: withSupervisor({}, supervisor),
            password: String(password ?? ''),
            tenantId,
          },
          view.user,
        )
        .then(() => goTo(req, res, '/users', `${userName} is added.`));
    await attempt(add, async (error) => {
      const all = await admin.list(view.user);
      return res.locals.show(
        usersPage(view, { users: all, entered: { userName, groups, supervisor, problem: error.message } }),
        error.status,
      );
    });
  });

  routes.get('/users/:name', async (req, res) =>
    res.locals.show(userPage(res.locals.view, { user: await find(req, res) })),
  );

  const change = (path, work, said) =>
    routes.post(path, async (req, res) => {
      const { view } = res.locals;
      const user = await find(req, res);
      await attempt(
        () => work(user, req.body, view.user).then(() => goTo(req, res, addressOf(user), said(user))),
        async (error) =>
          res.locals.show(
            userPage(view, { user: await find(req, res), problem: error.message }),
            error.status,
          ),
      );
    });

  change(
    '/users/:name',
    async (user, { groups, supervisor, shown }, by) => {
      const { userName, attributes } = user;
      if (shown !== shownFacts(user))
        throw new Conflict(
          'conflict',
          'The user was changed since this form was shown; here is how it is now.',
        );
      keepAdministration(userName, listed(groups), by);
      const userGroups = listed(groups);
      await admin.change(user, { userGroups, attributes: withSupervisor(attributes, supervisor) }, by);
    },
    ({ userName }) => `${userName} is changed.`,
  );
  change(
    '/users/:name/disable',
    async ({ userName }, _body, by) => {
      if (userName === by.userName) throw new NotHere();
      await admin.disable(userName, by);
    },
    ({ userName }) => `${userName} is disabled and signed out.`,
  );
  change(
    '/users/:name/enable',
    ({ userName }, _body, by) => admin.enable(userName, by),
    ({ userName }) => `${userName} may sign in again.`,
  );
  change(
    '/users/:name/password',
    ({ userName }, { password }, by) => admin.setPassword(userName, String(password ?? ''), by),
    ({ userName }) => `${userName} has a new password.`,
  );

  return routes;
}

import { storeSession } from '../session/begin.js';

const isAdministrator = (user) =>
  user?.userGroups?.some((group) => group === 'ADMIN' || group === 'SYSTEM') === true;

/**
 * Sets `res.locals.view`, which every page needs: the path, the switches, the form token, the notice of the
 * previous page, and later the user. `res.locals.show` answers with a page and `res.locals.go` redirects to one;
 * both first store a changed session.
 */
export function prepareView(config) {
  const enforced = config.requireAuthentication && config.enforceSecurity;
  return function view(req, res, next) {
    const csrf = () => res.locals.csrf?.() ?? '';
    res.locals.view = {
      path: req.path,
      enforced,
      requireAuthentication: config.requireAuthentication,
      csrf,
      flash: undefined,
      user: undefined,
      /** Only people who design models see their warnings. */
      get designs() {
        return this.administers || this.user?.userGroups?.includes('DESIGNER') === true;
      },
      get administers() {
        return !enforced || isAdministrator(this.user);
      },
      /** Only members of ADMIN and SYSTEM administer keys, even if no rules are enforced. */
      get administersKeys() {
        return isAdministrator(this.user);
      },
    };
    const stored = (answer) =>
      (res.locals.sessionChanged ? storeSession(req) : Promise.resolve()).then(answer).catch(next);
    res.locals.show = (markup, status = 200) => stored(() => res.status(status).send(String(markup)));
    res.locals.go = (address) => stored(() => res.redirect(303, address));
    next();
  };
}

/** Takes the notice that the previous page left in the session. */
export function takeNotice() {
  return function notice(req, res, next) {
    if (req.method === 'GET' && req.session.flash) {
      res.locals.view.flash = req.session.flash;
      delete req.session.flash;
      res.locals.sessionChanged = true;
    }
    next();
  };
}

/** Redirects to another page, which shows the text once. */
export function goTo(req, res, address, text, kind = 'success') {
  if (text !== undefined) {
    req.session.flash = { text, kind };
    res.locals.sessionChanged = true;
  }
  return res.locals.go(address);
}

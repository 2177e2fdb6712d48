import { storeSession } from '../session/begin.js';

const isAdministrator = (user) =>
  user?.userGroups?.some((group) => group === 'ADMIN' || group === 'SYSTEM') === true;

/**
 * What every page needs, on `res.locals.view`: the path, the switches, the token for forms, the notice that the page
 * before left, and later the user. `res.locals.show` answers with a page, `res.locals.go` goes on to another;
 * both store
 * the session first, where it was changed.
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
      /** Who makes models wants to know what is said of them. */
      get designs() {
        return this.administers || this.user?.userGroups?.includes('DESIGNER') === true;
      },
      get administers() {
        return !enforced || isAdministrator(this.user);
      },
      /** Keys are for members of ADMIN and SYSTEM, also where no rules are enforced. */
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

/** Takes the notice that the page before left in the session. */
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

/** Goes on to another page, which shows the text once. */
export function goTo(req, res, address, text, kind = 'success') {
  if (text !== undefined) {
    req.session.flash = { text, kind };
    res.locals.sessionChanged = true;
  }
  return res.locals.go(address);
}

/**
 * What every page needs, on `res.locals.view`: the path, the switches, the token for forms, the notice that the page
 * before left, and later the user. `res.locals.show` answers with a page.
 */
export function prepareView(config) {
  const enforced = config.requireAuthentication && config.enforceSecurity;
  return function view(req, res, next) {
    const csrf = () => res.locals.csrf?.() ?? '';
    res.locals.view = { path: req.path, enforced, requireAuthentication: config.requireAuthentication, csrf, flash: undefined, user: undefined };
    res.locals.show = (markup, status = 200) => res.status(status).send(String(markup));
    next();
  };
}

/** Takes the notice that the page before left in the session. */
export function takeNotice() {
  return function notice(req, res, next) {
    if (req.method === 'GET' && req.session.flash) {
      res.locals.view.flash = req.session.flash;
      delete req.session.flash;
    }
    next();
  };
}

/** Goes on to another page, which shows the text once. */
export function goTo(req, res, address, text, kind = 'success') {
  if (text !== undefined) req.session.flash = { text, kind };
  res.redirect(303, address);
}

const MINUTE = 60_000;

/** Lifetime of a session before login, in milliseconds: the time to fill in the login form. */
const BEFORE_LOGIN = 60 * MINUTE;

/**
 * The session cookie. In production it is sent over HTTPS only, and its prefix keeps other hosts of the domain from
 * setting it.
 */
export function sessionCookie({ production }) {
  return Object.freeze({
    name: production ? '__Host-workflow.sid' : 'workflow.sid',
    options: Object.freeze({
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      secure: production ? true : 'auto',
      maxAge: BEFORE_LOGIN,
    }),
  });
}

/** Removes the cookie from the browser, with the options it was set with. */
export function clearSessionCookie(res, { production }) {
  const { name, options } = sessionCookie({ production });
  res.clearCookie(name, { ...options, secure: options.secure === true, maxAge: undefined });
}

const MINUTE = 60_000;

/** How long, in milliseconds, a session lasts before anybody has signed in: the time to fill in the login form. */
const BEFORE_LOGIN = 60 * MINUTE;

/**
 * The cookie of the session. In production it goes over HTTPS only, and by its prefix no other host of the domain can
 * set it.
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

/** Takes the cookie away from the browser, as it was given. */
export function clearSessionCookie(res, { production }) {
  const { name, options } = sessionCookie({ production });
  res.clearCookie(name, { ...options, secure: options.secure === true, maxAge: undefined });
}

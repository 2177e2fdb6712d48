const done = (work) => new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())));

/**
 * Begins the session of a user. Passport regenerates it: an id known before the login is worthless after it, and
 * earlier session data is gone. Resolves once it is stored.
 * @param longest maximum lifetime in milliseconds
 */
export async function beginSession(req, user, { longest }) {
  await done((next) => req.logIn(user, next));
  req.session.began = new Date().toISOString();
  req.session.cookie.maxAge = longest;
  await done((next) => req.session.save(next));
}

/** Ends the session, including for copies of its cookie. */
export const endSession = (req) => done((next) => req.session.destroy(next));

/**
 * Stores the changes to the session, so that no page is shown whose form token or notice is not in the session.
 * @throws the store's error; the session is then discarded, since it would be stored again at the end of the
 * response
 */
export async function storeSession(req) {
  if (!req.session) return;
  try {
    await done((next) => req.session.save(next));
  } catch (error) {
    req.session = undefined;
    throw error;
  }
}

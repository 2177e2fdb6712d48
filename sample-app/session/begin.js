const done = (work) => new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())));

/**
 * Begins the session of a user. Passport regenerates it: an id that was known before the login is worth nothing after
 * it, and nothing that the session held before is in it. Stored when it resolves.
 * @param longest how long it lasts at most, in milliseconds
 */
export async function beginSession(req, user, { longest }) {
  await done((next) => req.logIn(user, next));
  req.session.began = new Date().toISOString();
  req.session.cookie.maxAge = longest;
  await done((next) => req.session.save(next));
}

/** Ends the session, for copies of its cookie too. */
export const endSession = (req) => done((next) => req.session.destroy(next));

/**
 * Stores what was changed in the session, so that no page is shown whose form or notice the session does not know.
 * @throws what the store throws; the session is then let go, since it would be tried again at the end of the answer
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

import passport from 'passport';
import { Strategy } from 'passport-local';
import { marksOf } from './mark.js';

/** A login is retried if the password was changed, or its hash renewed, during the comparison. */
const TRIES = 3;

const publicUser = ({ userName, userGroups, tenantId, modelsOwner, attributes }) => ({
  userName,
  userGroups,
  tenantId,
  modelsOwner,
  attributes,
});
const isEntered = (value) => typeof value === 'string' && value !== '';
const answer = (promise, done) => promise.then((value) => done(null, value), done);

/**
 * Passport for this application. A session contains the user's name and the mark of the password; each request
 * looks the user up again. If the store does not answer, that is an error and never a login.
 * @param users the directory
 */
export function passportFor({ store }, users, secret) {
  const marks = marksOf(secret);
  const stored = (userName) => store.users.find(userName);

  async function verify(userName, password) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const before = (await users.find(userName)) && (await stored(userName.normalize('NFC').trim()));
      const right = await users.verify(userName, password);
      if (right === undefined) return false;
      const after = await stored(right.userName);
      if (after !== undefined && after.passwordHash === before?.passwordHash)
        return { userName: right.userName, mark: marks.of(after) };
    }
    return false;
  }

  async function find({ userName, mark }) {
    const user = typeof userName === 'string' ? await stored(userName) : undefined;
    return user && !user.disabled && marks.fits(mark, user) ? publicUser(user) : false;
  }

  const login = new passport.Passport();
  login.use(
    new Strategy({ usernameField: 'userName', passwordField: 'password' }, (userName, password, done) =>
      answer(verify(userName, password), done),
    ),
  );
  login.serializeUser(({ userName, mark }, done) => done(null, { userName, mark }));
  login.deserializeUser((kept, done) => answer(find(kept ?? {}), done));

  return Object.freeze({
    session: () => login.session(),
    /** @returns the user for `begin`; undefined if the password is wrong. Rejects if it could not be checked. */
    check(req, res) {
      // passport-local would take missing form fields from the query string: bypassing the limit by name, and into
      // the logs of proxies.
      if (!isEntered(req.body.userName) || !isEntered(req.body.password)) return Promise.resolve(undefined);
      return new Promise((resolve, reject) =>
        login.authenticate('local', (error, user) => (error ? reject(error) : resolve(user || undefined)))(
          req,
          res,
          reject,
        ),
      );
    },
    /** The user for `begin`, after a change of their password. */
    async again(userName) {
      const user = await stored(userName);
      return { userName, mark: marks.of(user) };
    },
  });
}

import passport from 'passport';
import { Strategy } from 'passport-local';
import { verifyPassword } from '../users/password.js';

const LONGEST_PASSWORD = 1024;

/** Passport for this application: a session holds the user's name, and each request looks the user up again. */
export function passportFor({ store }) {
  const login = new passport.Passport();

  async function verify(userName, password) {
    if (typeof userName !== 'string' || typeof password !== 'string') return false;
    const user = await store.users.find(userName.normalize('NFC').trim());
    const right = await verifyPassword(password.slice(0, LONGEST_PASSWORD), user?.passwordHash);
    return right && !user.disabled ? user : false;
  }

  async function find(userName) {
    const user = await store.users.find(userName);
    return user && !user.disabled ? user : false;
  }

  const answer = (promise, done) => promise.then((user) => done(null, user), done);
  login.use(new Strategy({ usernameField: 'userName', passwordField: 'password' }, (userName, password, done) => answer(verify(userName, password), done)));
  login.serializeUser((user, done) => done(null, user.userName));
  login.deserializeUser((userName, done) => answer(find(userName), done));
  return login;
}

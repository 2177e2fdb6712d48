import { createHash } from 'node:crypto';
import session from 'express-session';

const DAY = 24 * 60 * 60 * 1000;
/** Sessions lie under a digest of their id: who reads the store cannot take one over. */
const keyOf = (id) => createHash('sha256').update(id).digest('base64url');
const endOf = ({ cookie }) => new Date(cookie?.expires ?? Date.now() + DAY);

/** Marks a session that is, or was, in the store. */
const STORED = Symbol('stored');

/** Sessions of express-session in the store of the guard; they survive a restart and end with their cookie. */
export class SessionStore extends session.Store {
  #values;

  constructor(values) {
    super();
    this.#values = values;
  }

  createSession(req, value) {
    return Object.assign(super.createSession(req, value), { [STORED]: true });
  }

  get(id, done) {
    this.#answer(async () => {
      const kept = await this.#values.get(keyOf(id));
      return kept && new Date(kept.end) > new Date() ? JSON.parse(kept.text) : null;
    }, done);
  }

  set(id, value, done) {
    const [key, end] = [keyOf(id), endOf(value)];
    this.#answer(async () => {
      // It ended while this request went on, by a logout: stored again it would be good again.
      if (value[STORED] && !(await this.#values.get(key))) return;
      await this.#values.set(key, { text: JSON.stringify(value), end: end.toISOString() }, end);
      value[STORED] = true;
    }, done);
  }

  destroy(id, done) {
    this.#answer(() => this.#values.delete(keyOf(id)), done);
  }

  #answer(work, done = () => {}) {
    work().then(
      (value) => setImmediate(done, null, value),
      (error) => setImmediate(done, error),
    );
  }
}

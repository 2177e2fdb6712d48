import { createHash } from 'node:crypto';
import session from 'express-session';

const DAY = 24 * 60 * 60 * 1000;
/** How often a use of a session is written, in milliseconds; at most a tenth of the idle time. */
const USE = 60_000;
/** Sessions are stored under a digest of their id, so that readers of the store cannot take one over. */
const keyOf = (id) => createHash('sha256').update(id).digest('base64url');
const timeOf = (value) => new Date(value ?? NaN).getTime();
const userOf = ({ passport }) => passport?.user;

/** Marks a session that is, or was, in the store. */
const STORED = Symbol('stored');
/** When and from where a session was last used, as stored. */
const USED = Symbol('used');

/**
 * Sessions of express-session in the guard's store; they survive a restart. A session with a login (`began`) ends
 * when it is idle for too long, and at the latest after its maximum lifetime; others end with their cookie. The
 * last use is stored separately, so that writing it does not undo changes to the session. So is the end of a session:
 * a request that stores the session at the same time does not undo it.
 */
export class SessionStore extends session.Store {
  #values;
  #uses;
  #ended;
  #idle;
  /** Maximum lifetime after a login, in milliseconds. */
  longest;

  /** @param times `idle` and `longest`, in milliseconds */
  constructor(store, { idle, longest }) {
    super();
    this.#values = store.values('sessions');
    this.#uses = store.values('sessions-used');
    this.#ended = store.values('sessions-ended');
    this.#idle = idle;
    this.longest = longest;
  }

  createSession(req, value) {
    return Object.assign(super.createSession(req, value), { [STORED]: true, [USED]: value[USED] });
  }

  get(id, done) {
    this.#answer(() => this.#read(keyOf(id)), done);
  }

  set(id, value, done) {
    const [key, end] = [keyOf(id), this.#endOf(value)];
    this.#answer(async () => {
      // It was ended by a logout during this request; storing it again would revive it.
      if (value[STORED] && !(await this.#values.get(key))) return;
      const userName = userOf(value)?.userName ?? null;
      await this.#values.set(key, { text: JSON.stringify(value), end: end.toISOString(), userName }, end);
      value[STORED] = true;
      this.#use(key, value);
    }, done);
  }

  /** Called at the end of a request that has not changed the session. */
  touch(id, value, done) {
    this.#use(keyOf(id), value);
    this.#answer(() => Promise.resolve(), done);
  }

  destroy(id, done) {
    this.#answer(() => this.#remove(keyOf(id)), done);
  }

  /**
   * The valid sessions of a user, most recently used first.
   * @param mark of the present password: sessions that began with another one are invalid
   * @param present id of the current session
   */
  async listOf(userName, mark, present) {
    const [sessions, uses, ended] = await Promise.all(
      [this.#values, this.#uses, this.#ended].map((values) => values.entries()),
    );
    const used = new Map(uses);
    const over = new Set(ended.map(([key]) => key));
    return sessions
      .filter(([key, kept]) => kept.userName === userName && !over.has(key))
      .map(([key, kept]) => ({ key, kept, value: JSON.parse(kept.text), use: used.get(key) }))
      .filter(({ kept, value, use }) => userOf(value)?.mark === mark && !this.#isOver(kept, value, use))
      .map(({ key, value: { began }, use }) => ({
        began: new Date(began),
        lastUsed: new Date(use?.at ?? began),
        address: use?.address,
        isPresent: key === keyOf(present),
      }))
      .sort((a, b) => b.lastUsed - a.lastUsed);
  }

  /** Ends all sessions of a user, including for copies of their cookies. */
  async endAll(userName) {
    const own = (await this.#values.entries()).filter(([, kept]) => kept.userName === userName);
    for (const [key] of own) await this.#remove(key);
  }

  async #read(key) {
    const [kept, use, ended] = await Promise.all(
      [this.#values, this.#uses, this.#ended].map((values) => values.get(key)),
    );
    if (!kept || ended) return null;
    const value = JSON.parse(kept.text);
    if (!this.#isOver(kept, value, use)) return Object.assign(value, { [USED]: use });
    // An expired session stays expired, even if the clock or the settings change.
    await this.#remove(key);
    return null;
  }

  /** Ends a session. What a request at the same time stores of it ends before this entry. */
  async #remove(key) {
    await this.#ended.set(key, true, new Date(Date.now() + Math.max(this.longest, DAY)));
    await this.#values.delete(key);
    await this.#uses.delete(key);
  }

  #endOf({ cookie, began }) {
    if (began !== undefined) return new Date(timeOf(began) + this.longest);
    return new Date(cookie?.expires ?? Date.now() + DAY);
  }

  /** A value that is not a valid time counts as expired. */
  #isOver(kept, value, use) {
    const now = Date.now();
    if (!(timeOf(kept.end) > now)) return true;
    if (userOf(value) === undefined) return false;
    const lastUsed = timeOf(use?.at ?? value.began);
    return !(timeOf(value.began) + this.longest > now) || !(lastUsed + this.#idle > now);
  }

  #use(key, value) {
    if (value.began === undefined || userOf(value) === undefined) return;
    const address = value.req?.ip ?? null;
    const age = Date.now() - timeOf(value[USED]?.at);
    const isWritten = age >= 0 && age < Math.min(USE, this.#idle / 10) && value[USED].address === address;
    if (isWritten) return;
    value[USED] = { at: new Date(), address };
    // Not awaited: if a use cannot be written, the session merely ends early.
    this.#uses.set(key, value[USED], this.#endOf(value)).catch(() => undefined);
  }

  #answer(work, done = () => {}) {
    work().then(
      (value) => setImmediate(done, null, value),
      (error) => setImmediate(done, error),
    );
  }
}

import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { CouldNotTell, isGuardError } from 'bpmn-guard';
import { html } from './html.js';

const FIELD = '_once';
const FORM = /^[0-9a-f-]{36}$/;
const MINUTE = 60_000;
/** How long the answer to a form is remembered, and how long a second click waits for the first, in milliseconds. */
const REMEMBERED = 60 * MINUTE;
const PATIENCE = 30_000;
const PAUSE = 100;
/** How long a form is locked at most, and the pause between tries to unlock it. */
const LEASE = 10 * MINUTE;
const AGAIN = 1000;
/** In place of an answer: the work has begun, and may be done. */
const BEGUN = true;

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE));
/** Whether an error says that nothing was done. When the store or a policy does not answer, nobody can tell. */
const isUndone = (error) => isGuardError(error) && error.status !== 503;

/** The hidden field of a form that is carried out once, however often it is sent. */
export const onceField = () => html`<input type="hidden" name="${FIELD}" value="${randomUUID()}" />`;

/**
 * Carries out a submitted form once. A double click sends it twice at the same time: the second request waits and
 * gets the answer of the first. A form that was refused may be sent again; one whose result is not known is not
 * carried out again, and says so. Kept in the store, so that it works across processes.
 */
export function onceIn(store) {
  const answers = store.values('answered-forms');
  const owner = () => ({ host: hostname(), pid: process.pid, nonce: randomUUID() });
  const isGone = ({ until }) => until !== undefined && until.getTime() < Date.now();
  const keep = (key, value) => answers.set(key, value, new Date(Date.now() + REMEMBERED));
  const forget = (key) => answers.delete(key).catch(() => false);

  /** @returns the answer to an earlier request; undefined: this one must be carried out, and holds the lock */
  async function answerOr(key, holder) {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const isOurs = await store.locks.acquire(key, holder, new Date(Date.now() + LEASE), isGone);
      const before = await answers.get(key);
      if (typeof before === 'string') return before;
      if (isOurs && before === undefined) return undefined;
      if (isOurs)
        throw new CouldNotTell(
          'could-not-tell',
          'The form was sent before, and it is not known whether it was carried out. Look for the result first.',
        );
      if (performance.now() > end)
        throw new CouldNotTell('could-not-tell', 'The form was sent before, and has no answer yet.');
      await pause();
    }
  }

  async function carryOut(key, work) {
    try {
      await keep(key, BEGUN);
    } catch (error) {
      // Nothing has begun, though this may be stored.
      await forget(key);
      throw error;
    }
    let address;
    try {
      address = await work();
    } catch (error) {
      if (isUndone(error)) await forget(key);
      throw error;
    }
    // It is done, whether or not the answer can be kept.
    await keep(key, address).catch(() => undefined);
    return address;
  }

  /** Unlocks a form. As long as the store does not answer, it is tried again in the background. */
  async function unlock(key, holder, until = performance.now() + LEASE) {
    try {
      await store.locks.release(key, holder);
    } catch {
      if (performance.now() < until) setTimeout(unlock, AGAIN, key, holder, until).unref();
    }
  }

  /** @param work resolves to the address of the page that shows the result */
  return async function once(req, userName, work) {
    const token = req.body?.[FIELD];
    if (typeof token !== 'string' || !FORM.test(token)) return work();
    const key = `form:${createHash('sha256').update(`${userName}\n${token}`).digest('base64url')}`;
    const holder = owner();
    try {
      return (await answerOr(key, holder)) ?? (await carryOut(key, work));
    } finally {
      // Also where an error came back: the lock may have been taken.
      await unlock(key, holder);
    }
  };
}

import { waitingAmong } from './models/find-tasks.js';

const DAYS_KEPT = 30;
const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
const PAGE = 5;
/** Number of tasks per query. */
const BATCH = 100;

/** A service of a model leaves its notice before the task is stored. */
const isSettled = ({ time }) => Date.now() - new Date(time).getTime() > MINUTE;

/**
 * Notices for users, stored until they are dismissed, expire, or their task is done.
 * @param store the guard's store
 */
export function notificationsIn(store) {
  const of = (userName) => store.values(`notices:${userName}`);

  async function all(userName) {
    const entries = await of(userName).entries();
    return entries.map(([, notice]) => notice).sort((a, b) => b.time - a.time);
  }

  /** Returns the notices whose task waits and is visible, and removes the others. */
  async function live(api, userName) {
    const notices = await all(userName);
    const waiting = new Set();
    for (let at = 0; at < notices.length; at += BATCH) {
      const ids = notices.slice(at, at + BATCH).map(({ itemId }) => itemId);
      for (const id of await waitingAmong(api, ids)) waiting.add(id);
    }
    const over = notices.filter((notice) => !waiting.has(notice.itemId) && isSettled(notice));
    await Promise.all(over.map(({ itemId }) => of(userName).delete(itemId)));
    return notices.filter(({ itemId }) => waiting.has(itemId));
  }

  return Object.freeze({
    /** Keyed by task, because services of a model may run twice. */
    add: (userName, { text, itemId }) =>
      of(userName).set(itemId, { text, itemId, time: new Date() }, new Date(Date.now() + DAYS_KEPT * DAY)),

    /**
     * A page of the notices, newest first.
     * @param api bound to the user @param wanted its number, from 1; out of range, the nearest page
     */
    async page(api, userName, wanted) {
      const notices = await live(api, userName);
      const pages = Math.max(1, Math.ceil(notices.length / PAGE));
      const page = Math.min(pages, Math.max(1, Math.trunc(Number(wanted)) || 1));
      return { notices: notices.slice((page - 1) * PAGE, page * PAGE), page, pages, total: notices.length };
    },

    dismiss: (userName, itemId) => of(userName).delete(itemId),
  });
}

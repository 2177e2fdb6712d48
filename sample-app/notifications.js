const DAYS_KEPT = 30;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Notices for users, kept in the store until they are dismissed or old.
 * @param store of the guard
 */
export function notificationsIn(store) {
  const of = (userName) => store.values(`notices:${userName}`);
  return Object.freeze({
    /** The task is the key: services of a model may run twice. */
    add: (userName, { text, itemId }) =>
      of(userName).set(itemId, { text, itemId, time: new Date() }, new Date(Date.now() + DAYS_KEPT * DAY)),

    /** Newest first. */
    async list(userName) {
      const entries = await of(userName).entries();
      return entries.map(([, notice]) => notice).sort((a, b) => b.time - a.time);
    },

    dismiss: (userName, itemId) => of(userName).delete(itemId),
  });
}

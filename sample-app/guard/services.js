/**
 * The services that models may call. Model authors are trusted: the services are not scoped by the rules.
 * @param users the directory
 * @param notifications see `notifications.js`
 */
export function servicesFor(users, notifications) {
  return Object.freeze({
    /** Name of a user's supervisor. If undefined, nobody may do the task. */
    async getSupervisor(userName) {
      const user = await users.find(userName);
      return user?.attributes?.supervisor;
    },

    /** Leaves a notice about a task for a user. Calling it twice for one task leaves one notice. */
    async notify(userName, text, itemId) {
      if (typeof userName === 'string') await notifications.add(userName, { text, itemId });
    },
  });
}

/**
 * What the models may call. Their author is trusted: the services are not scoped by the rules.
 * @param users the directory
 * @param notifications see `notifications.js`
 */
export function servicesFor(users, notifications) {
  return Object.freeze({
    /** Name of the supervisor of a user; undefined when there is none, and then nobody may do the task. */
    async getSupervisor(userName) {
      const user = await users.find(userName);
      return user?.attributes?.supervisor;
    },

    /** Leaves a notice for a user, about a task. Called twice for one task, it leaves one. */
    async notify(userName, text, itemId) {
      if (typeof userName === 'string') await notifications.add(userName, { text, itemId });
    },
  });
}

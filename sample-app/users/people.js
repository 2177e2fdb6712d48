/** Names of those who could be given a task: its candidates, and the members of its candidate groups. */
export async function peopleFor(api, store, taskId) {
  const [{ users, groups }, everybody] = await Promise.all([api.tasks.candidates(taskId), store.users.list()]);
  const inGroup = ({ userGroups }) => userGroups.some((group) => groups.includes(group));
  const members = everybody.filter((user) => !user.disabled && inGroup(user)).map(({ userName }) => userName);
  return [...new Set([...users, ...members])].sort();
}

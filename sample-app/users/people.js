/**
 * Names of those who could be given a task by a user: its candidates, and the members of its candidate
 * groups, of one tenant.
 */
export async function peopleFor(api, users, { tenantId }, taskId) {
  const [candidates, everybody] = await Promise.all([api.tasks.candidates(taskId), users.list()]);
  const isColleague = (user) => !user.disabled && (user.tenantId ?? null) === (tenantId ?? null);
  const inGroup = ({ userGroups }) => userGroups.some((group) => candidates.groups.includes(group));
  const members = everybody
    .filter((user) => isColleague(user) && inGroup(user))
    .map(({ userName }) => userName);
  return [...new Set([...candidates.users, ...members])].sort();
}

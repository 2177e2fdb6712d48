/** How many names a list of people has at most. */
const MOST = 500;

/** Those who may be given a task by a user: of one tenant, and not disabled. */
async function colleaguesOf(users, { tenantId }) {
  return (await users.list()).filter(
    (user) => !user.disabled && (user.tenantId ?? null) === (tenantId ?? null),
  );
}

/**
 * Who may do a task: its candidates, and the members of its candidate groups.
 * @returns `mayTake`: their names; `mayBeGiven`: those to choose from when it is handed over, which is every colleague
 *   where the task names nobody
 */
export async function peopleFor(api, users, user, task) {
  const [candidates, colleagues] = await Promise.all([
    api.tasks.candidates(task.id),
    colleaguesOf(users, user),
  ]);
  const inGroup = ({ userGroups }) => userGroups.some((group) => candidates.groups.includes(group));
  const members = colleagues.filter(inGroup).map(({ userName }) => userName);
  const mayTake = [...new Set([...candidates.users, ...members])].sort();
  const all = mayTake.length > 0 ? mayTake : colleagues.map(({ userName }) => userName).sort();
  return { mayTake, mayBeGiven: all.filter((name) => name !== task.assignee).slice(0, MOST) };
}

/** The user name that somebody typed, whatever its upper and lower case; as it was typed where nobody has it. */
export async function typedName(users, user, typed) {
  const name = String(typed ?? '').trim();
  if (name === '' || (await users.find(name)) !== undefined) return name;
  const same = (await colleaguesOf(users, user)).filter(
    ({ userName }) => userName.toLowerCase() === name.toLowerCase(),
  );
  return same.length === 1 ? same[0].userName : name;
}

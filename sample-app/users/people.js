import { whoMay } from '../guard/decisions.js';

/** Maximum number of names in a list of people. */
const MOST = 500;

/** The users to whom a user may give a task: of the same tenant and not disabled. */
async function colleaguesOf(users, { tenantId }) {
  return (await users.list()).filter(
    (user) => !user.disabled && (user.tenantId ?? null) === (tenantId ?? null),
  );
}

/**
 * The people who may do a task: its candidates, and the members of its candidate groups.
 * @returns `mayTake`: their names; `mayBeGiven`: the names to choose from for an assignment, which are all
 * colleagues if the task names nobody
 */
export async function peopleFor({ api, guard, users }, user, task) {
  const [candidates, colleagues] = await Promise.all([
    api.tasks.candidates(task.id),
    colleaguesOf(users, user),
  ]);
  const inGroup = ({ userGroups }) => userGroups.some((group) => candidates.groups.includes(group));
  const members = await whoMay(guard, colleagues.filter(inGroup).slice(0, MOST), 'task:take', task);
  const mayTake = [...new Set([...candidates.users, ...members.map(({ userName }) => userName)])].sort();
  const all = mayTake.length > 0 ? mayTake : colleagues.map(({ userName }) => userName).sort();
  return { mayTake, mayBeGiven: all.filter((name) => name !== task.assignee).slice(0, MOST) };
}

/** The user name that was typed, ignoring case; unchanged if nobody has it. */
export async function typedName(users, user, typed) {
  const name = String(typed ?? '').trim();
  if (name === '' || (await users.find(name)) !== undefined) return name;
  const same = (await colleaguesOf(users, user)).filter(
    ({ userName }) => userName.toLowerCase() === name.toLowerCase(),
  );
  return same.length === 1 ? same[0].userName : name;
}

/** The instance and the item of a task as stored. */
async function stored(guard, task) {
  const instance = await guard.store.instances.load(task.instanceId);
  return { instance, item: instance?.items?.find(({ id }) => id === task.id) };
}

/**
 * The guard's decisions about several operations of a user on one task that the user may read.
 * @returns the decisions, by operation
 */
export async function decisionsOn(guard, user, task, operations) {
  const resource = await stored(guard, task);
  return new Map(
    await Promise.all(
      operations.map(async (operation) => [operation, await guard.explain(user, operation, resource)]),
    ),
  );
}

/**
 * The users among these who may perform an operation on a task. A duty may forbid it to members of its candidate
 * groups.
 */
export async function whoMay(guard, users, operation, task) {
  const resource = await stored(guard, task);
  const answers = await Promise.all(users.map((user) => guard.can(user, operation, resource)));
  return users.filter((_user, at) => answers[at]);
}

/** Whether the model leaves the task open to everybody, regardless of its assignee. */
export async function isForEverybody(guard, task) {
  const { item } = await stored(guard, task);
  return item?.guard?.open === true;
}

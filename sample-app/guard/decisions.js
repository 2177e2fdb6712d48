/**
 * The guard's decisions about several operations of a user on one task that the user may read.
 * @returns the decisions, by operation
 */
export async function decisionsOn(guard, user, task, operations) {
  const instance = await guard.store.instances.load(task.instanceId);
  const item = instance?.items?.find(({ id }) => id === task.id);
  return new Map(
    await Promise.all(
      operations.map(async (operation) => [
        operation,
        await guard.explain(user, operation, { instance, item }),
      ]),
    ),
  );
}

/** Whether the model leaves the task open to everybody, regardless of its assignee. */
export async function isForEverybody(guard, task) {
  const instance = await guard.store.instances.load(task.instanceId);
  return instance?.items?.find(({ id }) => id === task.id)?.guard?.open === true;
}

import { formsOf } from './form-fields.js';

/** Number of values that a row of a list shows, and their maximum length. */
const MOST = 3;
const LONGEST = 60;

const short = (value) =>
  typeof value === 'string' && value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;

/** The first values that people entered in the forms of a process, which distinguish its instances. */
function factsOf(data, forms) {
  return [...forms.byId.values()]
    .filter(({ id }) => data?.[id] !== undefined && data[id] !== null && data[id] !== '')
    .slice(0, MOST)
    .map((field) => ({ label: field.label, value: short(data[field.id]), field }));
}

/** The forms of several processes, by name, each read once. */
async function formsByName(api, names) {
  const entries = await Promise.all(
    [...new Set(names)].map(async (name) => [name, await formsOf(api, name)]),
  );
  return new Map(entries);
}

/** Instances, each with `facts`. */
export async function withFacts(api, instances) {
  const forms = await formsByName(
    api,
    instances.map(({ name }) => name),
  );
  return instances.map((instance) => ({
    ...instance,
    facts: factsOf(instance.data, forms.get(instance.name)),
  }));
}

/**
 * Adds `facts` and `requester`, the instance's starter, to each task. Both belong to the instance, and are missing
 * if the reader may only see the task.
 */
export async function withRequesters(api, tasks) {
  const ids = [...new Set(tasks.map(({ instanceId }) => instanceId))];
  if (ids.length === 0) return [];
  const [{ data: instances }, forms] = await Promise.all([
    api.data.find({ filter: { id: { $in: ids } }, limit: ids.length, projection: ['id', 'startedBy'] }),
    formsByName(
      api,
      tasks.map(({ processName }) => processName),
    ),
  ]);
  const starters = new Map(instances.map(({ id, startedBy }) => [id, startedBy]));
  return tasks.map((task) => ({
    ...task,
    requester: starters.get(task.instanceId),
    facts: factsOf(task.instanceData ?? task.data, forms.get(task.processName)),
  }));
}

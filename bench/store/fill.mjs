import { DATA_PATHS, makeInstance } from '../documents.mjs';
import { createRandom, oneOf } from '../random.mjs';

const AT_ONCE = 50;
const OTHERS = Array.from({ length: 19 }, (_, i) => `person-${i}`);
const OTHER_GROUPS = Array.from({ length: 19 }, (_, i) => `group-${i}`);

/** Who looks at the list: one of twenty people, in one of twenty groups, so that about 5 % of the tasks are theirs. */
export const VIEWER = Object.freeze({ userName: 'viewer', userGroups: Object.freeze(['clerks']) });
const PEOPLE = [VIEWER.userName, ...OTHERS];
const GROUPS = [VIEWER.userGroups[0], ...OTHER_GROUPS];

/** Has this many tasks, however many instances there are. */
export const RARE = Object.freeze({ userName: 'rare' });
/** A tenant with as few instances. */
export const SMALL_TENANT = 'small';
const FEW = 60;

/** One instance in four has ended; half of the tasks are assigned, half wait for a group. */
function instance(random, number, every) {
  if (number % every === 0)
    return makeInstance({ number, startedBy: oneOf(random, OTHERS), task: { assignee: RARE.userName } });
  if (number % every === 1)
    return makeInstance({ number, startedBy: 'tim', tenantId: SMALL_TENANT, task: { assignee: 'tim' } });
  const task =
    random() < 0.5 ? { assignee: oneOf(random, PEOPLE) } : { candidateGroups: [oneOf(random, GROUPS)] };
  return makeInstance({ number, startedBy: oneOf(random, OTHERS), ended: random() < 0.25, task });
}

/** Fills a store with instances: the same ones at every run. */
export async function fill(store, count) {
  const random = createRandom(27);
  for (const [place, path] of DATA_PATHS.entries())
    await store.values('dataPaths').add(String(place), { path, tenantId: null });
  await store.values('guard').set('dataMarked', { complete: DATA_PATHS.length });
  const every = Math.max(3, Math.floor(count / FEW));
  for (let number = 0; number < count;) {
    const batch = [];
    for (; batch.length < AT_ONCE && number < count; number++) batch.push(instance(random, number, every));
    await Promise.all(batch.map((document) => store.instances.insert(document)));
  }
}

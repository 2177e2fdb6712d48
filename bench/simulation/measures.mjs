import { createGuard, openStore, SecureUser } from 'bpmn-guard';
import { MARKS_FORMAT } from '../../dist/esm/core/marks/mark.js';
import { HostStore } from '../../dist/esm/engine/execution/host-store.js';
import { Timers } from '../../dist/esm/engine/execution/timers.js';
import { MongoInstances } from '../../dist/esm/store/mongo/instances.js';
import { RARE, SMALL_TENANT, VIEWER } from '../store/fill.mjs';
import { SimulatedCollection } from './collection.mjs';
import { buildIndexes } from './indexes.mjs';
import { idOf, population } from './population.mjs';

const SIZES = { quick: 2_000, full: 100_000, large: 1_000_000 };
const PAGE = 50;
const SHARDS = 4;
const SPREAD = 2_654_435_761;
const SILENT = { info() {}, warn() {}, error() {} };
const FILTER = Object.freeze({ 'items.status': 'wait', 'items.type': 'bpmn:UserTask' });
const PEOPLE = {
  'a user': new SecureUser(VIEWER),
  'a user with few': new SecureUser(RARE),
  'an administrator': new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] }),
  'an administrator of a small tenant': new SecureUser({
    userName: 'tara',
    userGroups: ['ADMIN'],
    tenantId: SMALL_TENANT,
  }),
};

/** A guard over a store in memory, whose instances are those of the simulation. */
async function guardOver(collection) {
  const memory = await openStore({ memory: true });
  await memory.values('guard').set('reindexed', MARKS_FORMAT);
  const instances = new MongoInstances({ instances: collection, archive: collection });
  const store = Object.create(memory, { instances: { value: instances }, kind: { value: 'mongo' } });
  return createGuard({ store, env: {}, logger: SILENT });
}

/** What one process asks when it looks for the timers that others have left. */
async function lookForTimers(collection) {
  const instances = new MongoInstances({ instances: collection, archive: collection });
  const runner = { hostStore: new HostStore({ instances }, {}, {}), contexts: {} };
  const timers = new Timers(runner);
  timers.arm = () => () => undefined;
  await timers.takeOver(new Date());
}

/** What people ask: pages from both ends, the page that follows, totals, and single instances and tasks. */
async function ask(guard, count) {
  for (const user of Object.values(PEOPLE)) {
    for (const filter of [FILTER, {}]) {
      const first = await guard.api.data.find({ filter, limit: PAGE, getTotalCount: true }, user);
      await guard.api.data.find({ filter, limit: PAGE, after: first.nextCursor }, user);
      await guard.api.data.find({ filter, limit: PAGE, sort: { _id: 1 } }, user);
    }
    await guard.api.tasks.count(undefined, user);
  }
  const { 'an administrator': admin } = PEOPLE;
  for (let number = 7; number < count; number += Math.ceil(count / 20)) {
    await guard.api.data.findItem({ 'items.id': `${idOf(number)}-item-2` }, admin);
    await guard.api.data.findInstances({ id: idOf(number) }, admin);
  }
}

const perRow = ({ documents, rows }) => documents / Math.max(1, rows);
const worstOf = (seen) => seen.reduce((a, b) => (perRow(b) > perRow(a) ? b : a));

const figure = (value) => String(value).padStart(10);
function print(seen, out) {
  out(`${['documents', 'rows', 'per row', 'queries'].map(figure).join('')}  what asks\n`);
  for (const one of seen) {
    const { shape, documents, rows, queries } = one;
    out(`${[documents, rows, perRow(one).toFixed(3), queries].map(figure).join('')}  ${shape.says}\n`);
  }
}

async function examined(collection) {
  const guard = await guardOver(collection);
  await ask(guard, collection.count);
  await guard.close();
  await lookForTimers(collection);
  return [...collection.seen.values()];
}

const namesOf = ({ data }) => JSON.stringify(data.map(({ id, items }) => [id, items.id ?? items.length]));

/** The embedded store must show the same pages of the same instances. */
async function assertSamePages(simulated, instance) {
  const store = await openStore({ memory: true });
  for (let number = 0; number < simulated.count; number++) await store.instances.insert(instance(number));
  const guards = [await guardOver(simulated), await createGuard({ store, env: {}, logger: SILENT })];
  for (const user of Object.values(PEOPLE))
    for (const sort of [undefined, { _id: 1 }])
      for (const filter of [FILTER, {}]) {
        const pages = await Promise.all(
          guards.map(({ api }) => api.data.find({ filter, limit: PAGE, sort }, user)),
        );
        if (namesOf(pages[0]) !== namesOf(pages[1])) throw new Error('The simulation finds another page.');
      }
  for (const guard of guards) await guard.close();
}

/** The instances of each shard, which their random ids spread evenly. */
const shardOf = (place) => ({ has: (number) => ((number * SPREAD) >>> 0) % SHARDS === place });

/** Documents that each query of the table examines, for each row that it returns. */
export const simulationGroup = {
  async open({ quick, large, json }) {
    const count = SIZES[quick ? 'quick' : large ? 'large' : 'full'];
    const instance = population(count);
    return { count, instance, indexes: buildIndexes(count, instance), json };
  },
  measures: [
    {
      name: 'simulation',
      goal: 1.1,
      says: 'documents that MongoDB examines for a row, in the worst query of the table, over simulated instances',
      async run({ count, instance, indexes, json }) {
        const made = () => new SimulatedCollection({ count, instance, indexes });
        if (count === SIZES.quick) await assertSamePages(made(), instance);
        const seen = await examined(made());
        if (!json) print(seen, (text) => process.stdout.write(text));
        const worst = worstOf(seen);
        return { ratio: perRow(worst), told: worst.shape.says };
      },
    },
    {
      name: 'simulation/shards',
      goal: SHARDS,
      says: `documents that ${SHARDS} shards examine together for a list, against one server`,
      async run({ count, instance, indexes }) {
        const lists = async (shard) => {
          const seen = await examined(new SimulatedCollection({ count, instance, indexes, shard }));
          return seen
            .filter(({ shape }) => shape.reads === 'page')
            .reduce((sum, one) => sum + one.documents, 0);
        };
        const one = await lists();
        let all = 0;
        for (let place = 0; place < SHARDS; place++) all += await lists(shardOf(place));
        return { ratio: all / one, told: `${all} against ${one}` };
      },
    },
  ],
};

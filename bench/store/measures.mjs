import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGuard, openStore, SecureUser } from 'bpmn-guard';
import { createDatabases } from '../mongo.mjs';
import { compare, perOne } from '../timing.mjs';
import { fill, VIEWER } from './fill.mjs';
import { findPending, upstreamOnMongo, upstreamOver } from './upstream.mjs';

const SIZES = { few: 2_000, many: 20_000 };
const QUICK = { few: 200, many: 400 };
const PAGE = 50;
/** Pages of ours in one time that is taken: one alone is too short. */
const PAGES = 20;
const FILTER = Object.freeze({ 'items.status': 'wait', 'items.type': 'bpmn:UserTask' });
const viewer = new SecureUser(VIEWER);
const administrator = new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] });

const page = (guard, user, rest = {}) => guard.api.data.find({ filter: FILTER, limit: PAGE, ...rest }, user);

/** The list as a whole, page after page. */
async function wholeList(guard, user) {
  const ids = [];
  let after = null;
  do {
    const { data, nextCursor } = await page(guard, user, { after });
    ids.push(...data.map((row) => row.items.id));
    after = nextCursor;
  } while (after !== null);
  return ids;
}

/** Both must find the same tasks; and the viewer must have a full page of them, but not nearly all. */
async function assertSameTasks(guard, findItems, total) {
  const ours = (await wholeList(guard, viewer)).sort();
  const theirs = (await findItems()).map((item) => item.id).sort();
  if (JSON.stringify(ours) !== JSON.stringify(theirs))
    throw new Error(`The lists differ: ${ours.length} tasks against ${theirs.length}`);
  if (ours.length > total / 10) throw new Error(`The viewer sees ${ours.length} of ${total}`);
}

async function assertFullPage(guard, user) {
  const { data } = await page(guard, user);
  if (data.length !== PAGE) throw new Error(`A page holds ${data.length} tasks`);
}

const repeated = (times, work) => async () => {
  for (let i = 0; i < times; i++) await work();
};

async function open(openStores, { quick }) {
  const { few, many, theirs, drop } = await openStores(quick ? QUICK : SIZES);
  const guards = {
    few: await createGuard({ store: few, env: {} }),
    many: await createGuard({ store: many, env: {} }),
  };
  const findItems = findPending(theirs, VIEWER);
  await assertSameTasks(guards.many, findItems, (quick ? QUICK : SIZES).many);
  const close = async () => {
    await Promise.all([guards.few.close(), guards.many.close(), theirs.close?.()]);
    await drop();
  };
  return { guards, findItems, quick, close };
}

const findItems = (store) => ({
  name: `page/${store}/find-items`,
  goal: 0.02,
  says: `a page of ${PAGE} pending tasks among ${SIZES.many} instances, against bpmn-server's own findItems on the same documents`,
  async run({ guards, findItems: theirs, quick }) {
    const times = quick ? 1 : PAGES;
    const result = await compare({
      ours: repeated(times, () => page(guards.many, viewer)),
      theirs,
      rounds: quick ? 1 : 5,
      collect: true,
    });
    return { ours: result.ours / times, theirs: result.theirs, ratio: result.ratio / times };
  },
});

/** Two pages of ours, one against the other, each many times in a round. */
const ownPages = (name, goal, says, ours, theirs) => ({
  name,
  goal,
  says,
  async run({ guards, quick }) {
    const times = quick ? 1 : PAGES;
    for (const [guard, user] of [ours(guards), theirs(guards)]) if (!quick) await assertFullPage(guard, user);
    const work = (of) => repeated(times, () => page(...of(guards)));
    return perOne(
      await compare({ ours: work(ours), theirs: work(theirs), rounds: quick ? 1 : 21, warmUp: 3 }),
      times,
    );
  },
});

function group(store, openStores) {
  return {
    open: (options) => open(openStores, options),
    measures: [
      findItems(store),
      ownPages(
        `page/${store}/growth`,
        1.5,
        `the page among ${SIZES.many} instances, against the page among ${SIZES.few}`,
        ({ many }) => [many, viewer],
        ({ few }) => [few, viewer],
      ),
      ownPages(
        `page/${store}/scope`,
        2,
        'the page of a user, whose rules are asked of each row, against the same page of an administrator',
        ({ many }) => [many, viewer],
        ({ many }) => [many, administrator],
      ),
    ],
  };
}

async function inFolders(sizes) {
  const folder = await mkdtemp(join(tmpdir(), 'bpmn-guard-bench-'));
  const stores = {};
  for (const [name, count] of Object.entries(sizes)) {
    stores[name] = await openStore({ folder: join(folder, name) });
    await fill(stores[name], count);
  }
  return {
    ...stores,
    theirs: await upstreamOver(stores.many),
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

function onMongo(url) {
  return async (sizes) => {
    const databases = createDatabases(url);
    const stores = {};
    let name;
    for (const [size, count] of Object.entries(sizes)) {
      name = databases.next();
      stores[size] = await openStore({ url, name });
      await stores[size].install();
      await fill(stores[size], count);
    }
    return { ...stores, theirs: upstreamOnMongo(url, name), drop: databases.drop };
  };
}

/** Lists of tasks. */
export const pageGroups = (mongo) => [
  group('embedded', inFolders),
  ...(mongo === undefined ? [] : [group('mongo', onMongo(mongo))]),
];

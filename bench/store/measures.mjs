import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGuard, openStore, parseCondition, SecureUser } from 'bpmn-guard';
import { everyPolicy } from '../decision/configured.mjs';
import { createDatabases } from '../mongo.mjs';
import { compare, perOne } from '../timing.mjs';
import { fill, RARE, SMALL_TENANT, VIEWER } from './fill.mjs';
import { findPage, findPending, upstreamOnMongo, upstreamOver } from './upstream.mjs';

const FEW = 2_000;
const QUICK = { few: 200, many: 400 };
const PAGE = 50;
/** Pages of ours in one time that is taken: one alone is too short. */
const PAGES = 20;
const FILTER = Object.freeze({ 'items.status': 'wait', 'items.type': 'bpmn:UserTask' });
const viewer = new SecureUser(VIEWER);
const rare = new SecureUser(RARE);
const auditor = new SecureUser({ userName: 'auditor', userGroups: ['auditors'] });
const tenantAdmin = new SecureUser({ userName: 'tara', userGroups: ['ADMIN'], tenantId: SMALL_TENANT });
/** A policy of an application: auditors see one model in twenty. */
const auditors = Object.freeze({
  permissive: Object.freeze([
    Object.freeze({ id: 'audit', says: 'audited', when: parseCondition({ 'instance.name': 'Process 7' }) }),
  ]),
});
const inspector = new SecureUser({
  userName: 'ines',
  userGroups: ['inspectors'],
  attributes: { region: 'region-7' },
});
/** Another one: inspectors see what is about their region, which is one in twenty as well. */
const inspectors = Object.freeze({
  permissive: Object.freeze([
    Object.freeze({
      id: 'region',
      says: 'of your region',
      when: parseCondition({ 'data.region': '$user.region' }),
    }),
  ]),
});
const WIDENED = { auditors, inspectors };
const policies = [
  {
    name: 'audit',
    answer: (principal, operation) =>
      operation === 'task:read' || operation === 'instance:read'
        ? (Object.entries(WIDENED).find(([group]) => principal.inGroup(group))?.[1] ?? {})
        : {},
  },
];
const administrator = new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] });
const system = new SecureUser({ userName: 'operator', userGroups: ['SYSTEM'] });

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

async function open(openStores, { quick, instances }) {
  const sizes = quick ? QUICK : { few: FEW, many: instances };
  const { few, many, theirs, drop } = await openStores(sizes);
  const guards = {
    few: await createGuard({ store: few, env: {}, policies }),
    many: await createGuard({ store: many, env: {}, policies }),
  };
  const findItems = findPending(theirs, VIEWER);
  await assertSameTasks(guards.many, findItems, sizes.many);
  const close = async () => {
    await Promise.all([guards.few.close(), guards.many.close(), theirs.close?.()]);
    await drop();
  };
  return { guards, findItems, theirs, quick, close };
}

const findItems = (store) => ({
  name: `page/${store}/find-items`,
  goal: 0.02,
  says:
    `a page of ${PAGE} pending tasks in the larger store, against bpmn-server's own findItems` +
    ' on the same documents',
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

/** bpmn-server pages on MongoDB alone. */
const find = (store) => ({
  name: `page/${store}/find`,
  goal: 1,
  says: `the page, against bpmn-server's own paged find() with the query of its own SecureUser`,
  async run({ guards, theirs: dataStore, quick }) {
    const theirs = findPage(dataStore, VIEWER, PAGE);
    const { data } = await theirs();
    if (!Array.isArray(data) || data.length === 0) throw new Error('bpmn-server finds no page');
    const ours = () => page(guards.many, viewer);
    return compare({ ours, theirs, rounds: quick ? 1 : 9, collect: true });
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

/** A page of one principal among many instances, against the same page among few. */
const growth = (store, name, who, user) =>
  ownPages(
    `page/${store}/growth${name}`,
    1.5,
    `the page of ${who} in the larger store, against the page among ${FEW} instances`,
    ({ many }) => [many, user],
    ({ few }) => [few, user],
  );

/** Policies that administrators configured, in both stores while a measure runs. */
const configured = (measure) => ({
  ...measure,
  async run(opened) {
    const guards = Object.values(opened.guards);
    const text = JSON.stringify(everyPolicy(VIEWER.userGroups));
    for (const guard of guards)
      await guard.as(administrator).policies.import(text, { allowUnknownModels: true });
    try {
      return await measure.run(opened);
    } finally {
      for (const guard of guards)
        await guard.as(administrator).policies.import('', { replace: true, switchOffSections: true });
    }
  },
});

function group(store, openStores) {
  return {
    open: (options) => open(openStores, options),
    measures: [
      findItems(store),
      ...(store === 'mongo' ? [find(store)] : []),
      growth(store, '', 'a user with one row in twenty', viewer),
      growth(store, '/rare', 'a user with 60 rows', rare),
      growth(store, '/policy', 'a user whose rights a policy of the application widens', auditor),
      growth(store, '/data', 'a user to whom such a policy adds the data of a region', inspector),
      configured(
        growth(store, '/configured', 'a user under grid, duties, sections and security roles', viewer),
      ),
      growth(store, '/tenant', 'an administrator of a tenant with 60 instances', tenantAdmin),
      growth(store, '/administrator', 'an administrator of the large tenant', administrator),
      growth(store, '/system', 'SYSTEM, across all tenants', system),
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

import { AT_ONCE, CLAIM, GROUP_TASK, model, OPEN_TASK, OWN_TASK, start, task, end } from './models';
import { ADMIN, ALICE, answerOf, deploy, EVE, started, type Scenario, type Stage } from './stage';

const nothingSeen = { read: 'done' };
const found = { find: 'done' };
const elements = (rows: any): string[] => (rows ?? []).map((row: any) => row.elementId).sort();

/** Lists as somebody, and as alice, whose claim it is. */
async function lists(stage: Stage, list: (user: unknown) => Promise<any[]>, user: unknown = stage.user(EVE)) {
  const { id } = await started(stage, CLAIM, { salary: 5000 });
  let seen: any[] | undefined;
  const answer = await answerOf(async () => (seen = await list(user)));
  const own = await list(stage.user(ALICE));
  return {
    seen,
    answers: { read: answer },
    fine: own.length > 0 && own.every((row) => (row.instanceId ?? row.id) === id),
  };
}

const sees = ({ seen }: { seen: any }): boolean =>
  (seen?.length ?? 0) > 0 && JSON.stringify(seen).includes('5000');

/** Two tasks of alice; a query of hers that asks for one of them. */
async function filtered(stage: Stage, query: object, who: object = ALICE) {
  await started(
    stage,
    model([
      start('begin'),
      task('first', 'camunda:assignee="alice"'),
      task('second', 'camunda:assignee="alice"'),
      end('over'),
    ]),
    { amount: 5 },
  );
  await stage.api.engine.invoke(
    { 'items.elementId': 'first', 'items.status': 'wait' },
    {},
    stage.user(ALICE),
  );
  let rows: any[] | undefined;
  const find = await answerOf(
    async () => (rows = await stage.api.data.findItems({ ...query }, stage.user(who as never))),
  );
  const tasks = elements(
    (await stage.api.data.findItems({ 'items.type': 'bpmn:UserTask' }, stage.user(ADMIN))) as any[],
  );
  return { seen: elements(rows), answers: { find }, fine: tasks.join() === 'first,second' };
}

const strayed =
  (wanted: string[]) =>
  ({ seen }: { seen: unknown }) =>
    JSON.stringify(seen) !== JSON.stringify(wanted);

function badUser(says: string, info: Record<string, unknown>, source = GROUP_TASK): Scenario {
  return {
    id: 'R7',
    says,
    right: { read: 'unauthenticated' },
    async attack(stage) {
      await started(stage, source, { salary: 5000 });
      let seen: unknown;
      const read = await answerOf(
        async () => (seen = await stage.api.data.findItems({ 'items.elementId': 'work' }, stage.user(info))),
      );
      const own = await stage.api.data.findItems({ 'items.elementId': 'work' }, stage.user(ALICE));
      return { seen, answers: { read }, fine: own.length === 1 };
    },
    leaked: sees,
  };
}

export const READING: readonly Scenario[] = [
  {
    id: 'R1',
    says: 'a stranger lists every instance with all its items and data',
    right: nothingSeen,
    attack: (stage) => lists(stage, (user) => stage.api.data.findInstances({}, user)),
    leaked: sees,
  },
  {
    id: 'R1',
    says: 'a stranger gets source and log of every instance along with it',
    right: nothingSeen,
    attack: (stage) => lists(stage, (user) => stage.api.data.findInstances({}, user, 'full')),
    leaked: ({ seen }) =>
      (seen as any[])?.some((row) => row.source !== undefined && row.logs !== undefined) === true,
  },
  {
    id: 'R1',
    says: 'a stranger projects the data of every instance',
    right: nothingSeen,
    attack: (stage) =>
      lists(stage, (user) => stage.api.data.findInstances({}, user, { projection: { id: 1, data: 1 } })),
    leaked: sees,
  },
  {
    id: 'R2',
    says: 'a stranger reads all process data through start events and flows',
    right: nothingSeen,
    attack: (stage) => lists(stage, (user) => stage.api.data.findItems({}, user)),
    leaked: sees,
  },
  {
    id: 'R3',
    says: 'the paged find knows no user, and its total counts everything',
    right: { read: 'done' },
    async attack(stage) {
      const find = (who: object): Promise<any> =>
        stage.as(stage.user(who as never), () =>
          stage.server.dataStore.find({ filter: { name: 'Work' }, limit: 10, getTotalCount: true }),
        );
      await started(stage, CLAIM, { salary: 5000 });
      let page: any;
      const read = await answerOf(async () => (page = await find(EVE)));
      const own = await find(ALICE);
      return {
        seen: { rows: page?.data?.length, total: page?.totalCount },
        answers: { read },
        fine: own.data.length === 1 && own.totalCount === 1,
      };
    },
    leaked: ({ seen }) => (seen as any).rows !== 0 || (seen as any).total !== 0,
  },
  {
    id: 'R4',
    says: 'the $or of the caller is overwritten by the scope',
    right: found,
    attack: (stage) => filtered(stage, { $or: [{ 'items.elementId': 'first' }] }),
    leaked: strayed(['first']),
  },
  {
    id: 'R4',
    says: '$and finds items that it does not admit',
    right: found,
    attack: (stage) => filtered(stage, { $and: [{ 'items.elementId': 'first' }] }),
    leaked: strayed(['first']),
  },
  {
    id: 'R4',
    says: '$and finds items that it does not admit, for administrators too',
    right: found,
    attack: (stage) => filtered(stage, { $and: [{ 'items.elementId': 'first' }] }, ADMIN),
    leaked: strayed(['first']),
  },
  {
    id: 'R4',
    says: 'of two bounds of a range only the last counts',
    right: found,
    attack: (stage) =>
      filtered(stage, { 'items.type': 'bpmn:UserTask', 'items.elementId': { $gte: 'g', $lte: 'z' } }),
    leaked: strayed(['second']),
  },
  {
    id: 'R4',
    says: 'a regular expression silently finds nothing',
    right: found,
    attack: (stage) =>
      filtered(stage, { 'items.elementId': { $regex: '^fir' }, 'items.type': 'bpmn:UserTask' }),
    leaked: strayed(['first']),
  },
  {
    id: 'R4',
    says: '$ne silently finds nothing',
    right: found,
    attack: (stage) =>
      filtered(stage, { 'items.elementId': { $ne: 'first' }, 'items.type': 'bpmn:UserTask' }),
    leaked: strayed(['second']),
  },
  {
    id: 'R5',
    says: 'the query of the caller is changed, and keeps the scope of who used it before',
    right: { list: 'done', pending: 'done', instances: 'done', starts: 'done', invoke: 'done' },
    async attack(stage) {
      await deploy(stage, 'Work', OPEN_TASK);
      const user = stage.user(ALICE);
      await stage.api.engine.start('Work', {}, user);
      const { data, engine, model: models } = stage.api;
      const take = async (query: object) => (
        await engine.assign(query, {}, { assignee: 'alice' }, user),
        engine.invoke(query, {}, user)
      );
      const calls: Record<string, (query: object) => Promise<unknown>> = {
        list: (query) => data.findItems(query, user),
        pending: (query) => data.getPendingUserTasks(query, user),
        instances: (query) => data.findInstances(query, user),
        starts: (query) => models.findStartEvents(query, user),
      };
      const changed: string[] = [];
      const answers: Record<string, string> = {};
      for (const [name, call] of Object.entries(calls)) {
        const query = {};
        answers[name] = await answerOf(() => call(query));
        if (Object.keys(query).length > 0) changed.push(name);
      }
      const query = { 'items.elementId': 'work' };
      answers.invoke = await answerOf(() => take(query));
      if (Object.keys(query).length > 1) changed.push('invoke');
      return { seen: changed, answers, fine: true };
    },
    leaked: ({ seen }) => (seen as string[]).length > 0,
  },
  {
    id: 'R5',
    says: 'a frozen query throws',
    right: { list: 'done', pending: 'done', instances: 'done' },
    async attack(stage) {
      await started(stage, OPEN_TASK);
      const query = Object.freeze({ 'items.elementId': 'work' });
      const user = stage.user(ALICE);
      const { data } = stage.api;
      const answers = {
        list: await answerOf(() => data.findItems(query, user)),
        pending: await answerOf(() => data.getPendingUserTasks(query, user)),
        instances: await answerOf(() => data.findInstances(query, user)),
      };
      return { seen: answers, answers, fine: true };
    },
    leaked: ({ seen }) => Object.values(seen as object).includes('TypeError'),
  },
  {
    id: 'R6',
    says: '$where of an ordinary user is handed to the store, which runs it',
    right: { items: 'bad-query', instances: 'bad-query', invoke: 'bad-query' },
    async attack(stage) {
      await started(stage, OPEN_TASK);
      const user = stage.user(EVE);
      const query = () => ({ $where: 'sleep(1) || true' });
      const { data, engine } = stage.api;
      const before = stage.asked.length;
      const answers = {
        items: await answerOf(() => data.findItems(query(), user)),
        instances: await answerOf(() => data.findInstances(query(), user)),
        invoke: await answerOf(() => engine.invoke(query(), {}, user)),
      };
      const reached = stage.asked.slice(before).filter((filter) => JSON.stringify(filter).includes('$where'));
      return {
        seen: reached.length,
        answers,
        fine: (await data.findItems({ 'items.elementId': 'work' }, user)).length === 1,
      };
    },
    leaked: ({ seen }) => seen === 3,
  },
  {
    id: 'R6',
    says: '$expr tells a stranger what stands in data',
    right: { below: 'bad-query', above: 'bad-query' },
    async attack(stage) {
      await started(stage, CLAIM, { salary: 5000 });
      const counts: Record<string, number | undefined> = {};
      const ask = (name: string, bound: number) =>
        answerOf(
          async () =>
            (counts[name] = (
              await stage.api.data.findInstances(
                { $expr: { $gt: ['$data.salary', bound] } },
                stage.user(EVE),
                { projection: { id: 1 } },
              )
            ).length),
        );
      const answers = { below: await ask('below', 4999), above: await ask('above', 5000) };
      return {
        seen: counts,
        answers,
        fine:
          (await stage.api.data.findInstances({ 'data.salary': { $gt: 4999 } }, stage.user(ALICE))).length ===
          1,
      };
    },
    leaked: ({ seen }) => (seen as any).below === 1 && (seen as any).above === 0,
  },
  badUser('a user without a name sees tasks that are restricted to a group', {
    userName: null,
    userGroups: [],
  }),
  badUser('null among the groups shows tasks of others', { userName: 'eve', userGroups: [null] }, OWN_TASK),
  badUser(
    'an operator object as the name of the user shows tasks of others',
    { userName: { $gt: '' }, userGroups: [] },
    OWN_TASK,
  ),
  badUser('an operator object among the groups shows restricted tasks', {
    userName: 'eve',
    userGroups: [{ $gt: '' }],
  }),
  badUser('groups given as a text that contains ADMIN make an administrator', {
    userName: 'eve',
    userGroups: 'NOADMINS',
  }),
  {
    id: 'R8',
    says: 'engine.get gives anybody the live execution',
    right: { get: 'not-found' },
    async attack(stage) {
      const { id } = await started(stage, CLAIM, { salary: 5000 });
      let execution: any;
      const get = await answerOf(() =>
        stage.as(stage.user(EVE), async () => (execution = await stage.server.engine.get({ id }))),
      );
      const own = await stage.as(stage.user(ALICE), () => stage.server.engine.get({ id }));
      return {
        seen: execution?.instance?.data?.salary,
        answers: { get },
        fine: own.instance.data.salary === 5000,
      };
    },
    leaked: ({ seen }) => seen === 5000,
  },
  {
    id: 'R8',
    says: "the cache lists everybody's live executions",
    right: { list: 'done' },
    async attack(stage) {
      await deploy(stage, 'Once', AT_ONCE);
      await started(stage, CLAIM, { salary: 5000 });
      let live: any[] = [];
      const list = await answerOf(() =>
        stage.as(stage.user(EVE), async () => (live = await stage.server.cache.list())),
      );
      return { seen: live.map((execution) => execution.instance.data.salary), answers: { list }, fine: true };
    },
    leaked: ({ seen }) => (seen as unknown[]).includes(5000),
  },
];

import { apiKeys, createGuard, openStore } from 'bpmn-guard';
import express from 'express';
import { fill, VIEWER } from '../store/fill.mjs';
import { ifChain } from '../decision/if-chain.mjs';
import { compare, perOne } from '../timing.mjs';
import { createClient } from './call.mjs';

export const ROUTE = '/api/datastore/find';
const BODY = JSON.stringify({
  filter: { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' },
  limit: 50,
  user: VIEWER,
});

/** The route as an application would write it without the guard's middleware: no key, no check of the input. */
function bareRoute(guard) {
  return async (req, res) => {
    const { user, ...page } = req.body;
    res.json(await guard.as(user).data.find(page));
  };
}

const OWN_TASKS = {
  $or: [
    { 'items.guard.open': true },
    { 'items.assignee': VIEWER.userName },
    { 'items.candidateUsers': VIEWER.userName },
    { 'items.candidateGroups': { $in: [...VIEWER.userGroups] } },
  ],
};
const WAITING = { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' };

/** A route without any guard: the query that a careful application would write, on the same store and by its marks. */
function unguardedRoute(store) {
  const marks = [`u:${VIEWER.userName}`, ...VIEWER.userGroups.map((group) => `g:${group}`), 'o:'];
  return async (_req, res) => {
    const rows = await store.instances.findItems({
      before: {},
      marks: { field: 'guard.open', anyOf: marks.map((mark) => `|${mark}`) },
      each: { $and: [WAITING, OWN_TASKS] },
      needsAll: false,
      limit: 50,
    });
    res.json({ data: rows, nextCursor: null });
  };
}

/** Decides for fifty tasks whether the viewer may take them, as a page with buttons does. */
async function decisions(guard, store) {
  const user = { ...VIEWER, tenantId: undefined };
  const { data } = await guard.as(VIEWER).data.find({ filter: WAITING, limit: 50 });
  const asked = data.map((row) => ({ item: { id: row.items.id }, instance: { id: row.id } }));
  const ours = async () => {
    let yes = 0;
    for (const resource of asked) if (await guard.can(VIEWER, 'task:take', resource)) yes++;
    return yes;
  };
  const theirs = async () => {
    let yes = 0;
    for (const {
      item: { id },
      instance: { id: of },
    } of asked) {
      const instance = await store.instances.load(of);
      const item = instance.items.find((one) => one.id === id);
      if (ifChain(user, 'task:take', { item, instance })) yes++;
    }
    return yes;
  };
  if ((await ours()) !== (await theirs()) || asked.length === 0) throw new Error('The decisions differ');
  return { ours, theirs, count: asked.length };
}

export function listen(app) {
  return new Promise((resolve, reject) => {
    const server = app.listen(0, '127.0.0.1', (error) =>
      error === undefined ? resolve(server) : reject(error),
    );
  });
}

async function open({ quick }) {
  const store = await openStore({ memory: true });
  await fill(store, quick ? 100 : 2_000);
  const guard = await createGuard({ store, env: {} });
  const { text: key } = await apiKeys(store).create('program', { actsFor: 'anyone' });
  const app = express();
  app.get(`/bare${ROUTE}`, express.json(), bareRoute(guard));
  app.get(`/unguarded${ROUTE}`, express.json(), unguardedRoute(store));
  app.use('/guarded', guard.authenticate(), guard.router(), guard.errorHandler());
  const server = await listen(app);
  const client = createClient(server.address().port);
  const guarded = () => client.call(`/guarded${ROUTE}`, { 'x-api-key': key }, BODY);
  const bare = () => client.call(`/bare${ROUTE}`, {}, BODY);
  const unguarded = () => client.call(`/unguarded${ROUTE}`, {}, BODY);
  const idsOf = (text) =>
    JSON.parse(text)
      .data.map((row) => row.items.id)
      .join();
  if (idsOf(await guarded()) !== idsOf(await unguarded())) throw new Error('The pages differ');
  if ((await guarded()) !== (await bare())) throw new Error('The routes answer differently');
  async function close() {
    client.close();
    await new Promise((resolve) => server.close(resolve));
    await guard.close();
  }
  return { guarded, bare, unguarded, decisions: await decisions(guard, store), quick, close };
}

export const many = (times, call) => async () => {
  for (let i = 0; i < times; i++) await call();
};

/** Requests over HTTP. */
export const requestGroup = {
  open,
  measures: [
    {
      name: 'request/bare',
      goal: 1.15,
      says:
        'a page of tasks over HTTP through authenticate (a key that acts for a user) and router,' +
        ' against the same route without them',
      async run({ guarded, bare, quick }) {
        const times = quick ? 1 : 20;
        return perOne(
          await compare({
            ours: many(times, guarded),
            theirs: many(times, bare),
            rounds: quick ? 1 : 41,
            warmUp: 5,
          }),
          times,
        );
      },
    },
    {
      name: 'request/unguarded',
      goal: 2,
      says:
        'that request, against a route without any guard that asks the store for the same page by' +
        ' a query written by hand',
      async run({ guarded, unguarded, quick }) {
        const times = quick ? 1 : 20;
        const ours = many(times, guarded);
        const theirs = many(times, unguarded);
        return perOne(await compare({ ours, theirs, rounds: quick ? 1 : 41, warmUp: 5 }), times);
      },
    },
    {
      name: 'request/decision',
      goal: 2,
      says: 'a decision through guard.can, which reads the instance, against reading it and asking the if-chain',
      async run({ decisions: { ours, theirs, count }, quick }) {
        return perOne(await compare({ ours, theirs, rounds: quick ? 1 : 41, warmUp: 5 }), count);
      },
    },
  ],
};

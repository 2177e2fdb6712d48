import { apiKeys, createGuard, openStore } from 'bpmn-guard';
import express from 'express';
import { fill, VIEWER } from '../store/fill.mjs';
import { compare, perOne } from '../timing.mjs';
import { createClient } from './call.mjs';

const ROUTE = '/api/datastore/find';
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

function listen(app) {
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
  app.use('/guarded', guard.authenticate(), guard.router(), guard.errorHandler());
  const server = await listen(app);
  const client = createClient(server.address().port);
  const guarded = () => client.call(`/guarded${ROUTE}`, { 'x-api-key': key }, BODY);
  const bare = () => client.call(`/bare${ROUTE}`, {}, BODY);
  if ((await guarded()) !== (await bare())) throw new Error('The routes answer differently');
  async function close() {
    client.close();
    await new Promise((resolve) => server.close(resolve));
    await guard.close();
  }
  return { guarded, bare, quick, close };
}

const many = (times, call) => async () => {
  for (let i = 0; i < times; i++) await call();
};

/** Requests over HTTP. */
export const requestGroup = {
  open,
  measures: [
    {
      name: 'request/bare',
      goal: 1.15,
      says: 'a page of tasks over HTTP through authenticate (a key that acts for a user) and router, against the same route without them',
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
  ],
};

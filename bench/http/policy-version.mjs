import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiKeys, createGuard, openStore } from 'bpmn-guard';
import express from 'express';
import { everyPolicy } from '../decision/configured.mjs';
import { createDatabases } from '../mongo.mjs';
import { fill, VIEWER } from '../store/fill.mjs';
import { compare, perOne } from '../timing.mjs';
import { createClient } from './call.mjs';
import { listen, many, ROUTE } from './measures.mjs';

const BODY = JSON.stringify({ filter: { 'items.status': 'wait' }, limit: 50, user: VIEWER });
const administrator = { userName: 'admin', userGroups: ['ADMIN'] };

/** The store, whose newest version of the policies is known without asking it. */
async function withKnownHead(store) {
  const head = await store.policies.head(null);
  return {
    ...store,
    policies: { ...store.policies, head: async () => head },
    close: async () => undefined,
  };
}

async function open(store, drop, { quick }) {
  await fill(store, quick ? 100 : 2_000);
  const guard = await createGuard({ store, env: {} });
  const text = JSON.stringify(everyPolicy(VIEWER.userGroups));
  await guard.as(administrator).policies.import(text, { allowUnknownModels: true });
  const knowing = await createGuard({ store: await withKnownHead(store), env: {} });
  const { text: key } = await apiKeys(store).create('program', { actsFor: 'anyone' });
  const app = express();
  for (const [at, one] of Object.entries({ asking: guard, knowing }))
    app.use(`/${at}`, one.authenticate(), one.router(), one.errorHandler());
  const server = await listen(app);
  const client = createClient(server.address().port);
  const page = (at) => () => client.call(`/${at}${ROUTE}`, { 'x-api-key': key }, BODY);
  if ((await page('asking')()) !== (await page('knowing')())) throw new Error('The pages differ');
  async function close() {
    client.close();
    await new Promise((resolve) => server.close(resolve));
    await knowing.close();
    await guard.close();
    await drop();
  }
  return { asking: page('asking'), knowing: page('knowing'), quick, close };
}

const group = (name, openStore) => ({
  open: async (options) => open(...(await openStore()), options),
  measures: [
    {
      name: `request/${name}/policy-version`,
      goal: 1.05,
      says:
        'a page of tasks over HTTP, for which the newest version of the policies is looked up,' +
        ' against one that knows it',
      async run({ asking, knowing, quick }) {
        const times = quick ? 1 : 20;
        const [ours, theirs] = [many(times, asking), many(times, knowing)];
        return perOne(await compare({ ours, theirs, rounds: quick ? 1 : 41, warmUp: 5 }), times);
      },
    },
  ],
});

async function inFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'bpmn-guard-bench-'));
  return [await openStore({ folder }), () => rm(folder, { recursive: true, force: true })];
}

const onMongo = (url) => async () => {
  const databases = createDatabases(url);
  const store = await openStore({ url, name: databases.next() });
  await store.install();
  return [store, () => databases.drop()];
};

/** What looking up the version of the policies costs a request. */
export const policyVersionGroups = (mongo) => [
  group('embedded', inFolder),
  ...(mongo === undefined ? [] : [group('mongo', onMongo(mongo))]),
];

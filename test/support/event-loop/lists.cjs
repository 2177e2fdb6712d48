// Asks generated lists of a guard in a process of its own, and says how long each kept all others waiting. The tests'
// own processes run in a context in which code takes several times as long.
require('../../store/child/sources.cjs');
const fc = require('fast-check');
const { createGuard } = require('../../../src/index.ts');
const { openStore } = require('../../../src/store/open.ts');
const { SecureUser } = require('../../../src/index.ts');
const { fill } = require('./data.ts');
const { longestBlock } = require('./longest-block.ts');
const { request } = require('./requests.ts');

const { folder, cases, small, seed } = JSON.parse(process.argv[2]);
const USERS = {
  alice: new SecureUser({ userName: 'alice', userGroups: [] }),
  admin: new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] }),
};
/** What has kept others waiting for seconds, and what is refused. */
const KNOWN = [
  { 'data.s': { $regex: 'a*b' } },
  { 'data.l': { $in: Array.from({ length: 500 }, (_, i) => new Date(-i)) } },
  { $or: Array.from({ length: 30 }, (_, i) => ({ 'data.l.s': { $regex: `[^v]*${i}x` } })) },
  { $nor: Array.from({ length: 60 }, (_, i) => ({ 'data.s': { $regex: `a{0,90}[b${i}]` } })) },
].map((filter) => ({ call: 'findItems', user: 'admin', filter }));
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

function ask({ data }, { call, user, filter, ...rest }) {
  if (call === 'find') return data.find({ filter, ...rest }, USERS[user]);
  const { sort, projection } = rest;
  return call === 'findInstances'
    ? data.findInstances(filter, USERS[user], { sort, projection })
    : data[call](filter, USERS[user]);
}

async function run() {
  const store = await openStore({ folder });
  await fill(store, small);
  await store.close();
  const guard = await createGuard({
    env: {},
    store: { folder, queryTimeout: 120_000 },
    configuration: {},
    logger: quiet,
  });
  for (const one of [...KNOWN, ...fc.sample(request, { numRuns: cases, seed })]) {
    let outcome;
    const began = performance.now();
    const block = await longestBlock(async () => {
      outcome = await ask(guard.api, one).then(
        (found) => ((found.data ?? found).length > 0 ? 'found' : 'nothing'),
        ({ code, stack }) => code ?? stack,
      );
    });
    process.stdout.write(`${JSON.stringify({ block, took: performance.now() - began, outcome, one })}\n`);
  }
  await guard.close();
}

run().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});

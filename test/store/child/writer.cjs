// Writes to the folder until it is killed, and says of each write when it was acknowledged.
require('./sources.cjs');
const { writeSync } = require('node:fs');
const { openStore } = require('../../../src/store/open.js');

const say = (line) => writeSync(1, `${line}\n`);

async function write(folder) {
  const store = await openStore({ folder });
  const round = async (id) => {
    const found = await store.instances.load(id);
    const rev = found?.guard?.rev ?? 0;
    // All parts of a document carry the same number: a mixture of two writes shows.
    const next = rev + 1;
    const fields = {
      guard: { rev: next, open: [`t${next}`] },
      data: { n: next },
      logs: Array(200).fill(`line ${next}`),
      savePoints: { n: next },
      items: [{ id: `${id}-${next}`, seq: next }],
    };
    if (found === undefined) await store.instances.insert({ id, ...fields });
    else if (!(await store.instances.update(id, rev, fields))) throw new Error('lost an update');
    say(`${id} ${next}`);
  };
  const loop = async (id) => {
    for (;;) await round(id);
  };
  say('ready');
  await Promise.all([loop('a'), loop('b'), loop('c')]);
}

write(process.argv[2]).catch((error) => {
  say(`failed ${error.code} ${error.message}`);
  process.exitCode = 1;
});

// Opens the folder, writes to it once, and says in one line how far it came.
require('./sources.cjs');
const { writeSync } = require('node:fs');
const { openStore } = require('../../../src/store/open.js');

async function run([folder, id]) {
  const store = await openStore({ folder });
  await store.instances.insert({ id });
  await store.close();
}

run(process.argv.slice(2)).then(
  () => writeSync(1, 'stored'),
  ({ code, message }) => writeSync(1, `${code}: ${message}`),
);

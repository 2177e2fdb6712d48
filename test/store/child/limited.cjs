// Writes until a file may not grow any more, and says what became of each write; then what is stored at the next start.
require('./sources.cjs');
const { writeSync } = require('node:fs');
const { randomBytes } = require('node:crypto');
const { openStore } = require('../../../src/store/open.js');

const say = (line) => writeSync(1, `${line}\n`);

async function run(folder) {
  const store = await openStore({ folder });
  for (let i = 0; i < 60; i++)
    await store.instances.insert({ id: `i${i}`, data: { text: randomBytes(10_000).toString('hex') } }).then(
      () => say(`stored i${i}`),
      (error) => say(`refused ${error.code} ${error.message}`),
    );
  await store.close();
  say('closed');
}

run(process.argv[2]).catch((error) => say(`failed ${error.code} ${error.message}`));

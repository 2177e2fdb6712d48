// Opens the folder, writes until it is killed if it is told to, and says of each write when it was acknowledged.
require('../../../child/sources.cjs');
const { writeSync } = require('node:fs');
const { SqliteBytes } = require('../../../../../src/store/embedded/sqlite/sqlite-bytes.js');

const say = (line) => writeSync(1, `${line}\n`);

async function run([folder, task]) {
  const bytes = await SqliteBytes.open(folder);
  say('open');
  const write = (n) =>
    bytes.write([
      { space: 'value', key: String(n), bytes: Buffer.alloc(3000, n) },
      { space: 'user', key: 'last', bytes: Buffer.from(String(n)) },
    ]);
  // The process ends by itself after that, though nobody closes it.
  if (task === 'forget') void write(1).then(() => say('1'));
  else
    for (let n = 1; ; n++) {
      await write(n);
      say(String(n));
    }
}

run(process.argv.slice(2)).catch((error) => say(`failed ${error.code}: ${error.message}`));

// Says which of the packages of the stores are loaded: with the package alone, a store in memory, and one in a folder.
require('./sources.cjs');

const PACKAGES = ['libsql', 'classic-level'];
/** By the files that are required, and the libraries that the system has loaded. */
function loaded() {
  process.report.excludeNetwork = true;
  const files = [...Object.keys(require.cache), ...process.report.getReport().sharedObjects];
  return PACKAGES.filter((name) => files.some((file) => file.includes(`node_modules/${name}/`)))
    .concat(files.some((file) => file.includes('node_modules/@libsql/')) ? ['its binary'] : [])
    .sort();
}

async function run(folder) {
  const { openStore } = require('../../../src/index.ts');
  const said = { alone: loaded() };
  await (await openStore({ memory: true })).close();
  said.memory = loaded();
  await (await openStore({ folder })).close();
  said.folder = loaded();
  process.stdout.write(`\n${JSON.stringify(said)}`);
}

void run(process.argv[2]);

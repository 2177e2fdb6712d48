import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { groupsFor } from './groups.mjs';
import { readOptions, USAGE } from './options.mjs';

const GROUP = fileURLToPath(new URL('./group.mjs', import.meta.url));

/** Each group runs in its own process, so that earlier groups do not influence its speed. */
function runInProcess(place, args) {
  const { status } = spawnSync(process.execPath, ['--expose-gc', GROUP, String(place), ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('The bench failed');
}

function main(args) {
  const options = readOptions(args);
  if (options.help) return void process.stdout.write(`${USAGE}\n`);
  const places = [...groupsFor(process.env.BENCH_MONGO_URL).entries()].filter(([, { measures }]) =>
    measures.some(({ name }) => options.wanted(name)),
  );
  if (places.length === 0) throw new Error('No measure has that name');
  for (const [place] of places) runInProcess(place, args);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

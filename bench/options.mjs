import { parseArgs } from 'node:util';

const OPTIONS = {
  json: { type: 'boolean' },
  quick: { type: 'boolean' },
  instances: { type: 'string' },
  large: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  help: { type: 'boolean' },
};

export const USAGE = `node bench/run.mjs [--only <measure or group>]... [--json] [--quick] [--large]
  --only   run these alone: a group such as "decision", or one measure such as "decision/casl"
  --json   one line for each measure: {"measure", "ratio", "goal"}
  --quick  small sizes, to see that it runs; the figures mean nothing and are not judged
  --instances <n>  how many the larger store of the page measures holds; default 20000
  --large  a million of them, in the page measures and in the simulation, which has 100000 otherwise
  BENCH_MONGO_URL  a MongoDB server on which the measures of stores are run as well`;

/** @throws RangeError unless it is a whole number of at least a thousand */
function readInstances(text) {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1_000)
    throw new RangeError(`--instances takes a number of at least 1000, got ${text}`);
  return count;
}

/** @throws TypeError for an unknown option; RangeError for a wrong number */
export function readOptions(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { json = false, quick = false, help = false, large = false, only = [] } = values;
  const { instances = large ? '1000000' : '20000' } = values;
  return {
    json,
    quick,
    help,
    large,
    instances: readInstances(instances),
    wanted: (name) =>
      only.length === 0 || only.some((entry) => name === entry || name.startsWith(`${entry}/`)),
  };
}

import { parseArgs } from 'node:util';

const OPTIONS = {
  json: { type: 'boolean' },
  quick: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  help: { type: 'boolean' },
};

export const USAGE = `node bench/run.mjs [--only <measure or group>]... [--json] [--quick]
  --only   run these alone: a group such as "decision", or one measure such as "decision/casl"
  --json   one line for each measure: {"measure", "ratio", "goal"}
  --quick  small sizes, to see that it runs; the figures mean nothing and are not judged
  BENCH_MONGO_URL  a MongoDB server on which the measures of stores are run as well`;

/** @throws TypeError for an unknown option */
export function readOptions(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { json = false, quick = false, help = false, only = [] } = values;
  return {
    json,
    quick,
    help,
    wanted: (name) =>
      only.length === 0 || only.some((entry) => name === entry || name.startsWith(`${entry}/`)),
  };
}

import { groupsFor } from './groups.mjs';
import { readOptions } from './options.mjs';
import { describe, jsonLine } from './report.mjs';

/** Runs the wanted measures of one group. */
async function runGroup({ open, measures }, options) {
  const { close, ...state } = await open(options);
  try {
    for (const { name, goal, says, run } of measures.filter((measure) => options.wanted(measure.name))) {
      const result = { measure: name, goal, says, ...(await run(state)) };
      process.stdout.write(`${options.json ? jsonLine(result) : describe(result, !options.quick)}\n`);
    }
  } finally {
    await close?.();
  }
}

const [place, ...args] = process.argv.slice(2);
// bpmn-server prints to the console; what is printed here are results only.
console.log = () => undefined;
// It also swallows uncaught errors, so a failure has to set the exit code here.
await runGroup(groupsFor(process.env.BENCH_MONGO_URL)[Number(place)], readOptions(args)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

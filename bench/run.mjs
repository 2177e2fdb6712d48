import { cycleGroups } from './engine/measures.mjs';
import { decisionGroup } from './decision/measures.mjs';
import { requestGroup } from './http/measures.mjs';
import { pageGroups } from './store/measures.mjs';
import { readOptions, USAGE } from './options.mjs';
import { describe, jsonLine } from './report.mjs';

const print = (line) => process.stdout.write(`${line}\n`);

/** Runs the wanted measures of one group, which share what it opens. */
async function runGroup({ open, measures }, options) {
  const wanted = measures.filter(({ name }) => options.wanted(name));
  if (wanted.length === 0) return [];
  const { close, ...state } = await open(options);
  const results = [];
  try {
    for (const { name, goal, says, run } of wanted) {
      const result = { measure: name, goal, says, ...(await run(state)) };
      print(options.json ? jsonLine(result) : describe(result, !options.quick));
      results.push(result);
    }
  } finally {
    await close?.();
  }
  return results;
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return print(USAGE);
  const mongo = process.env.BENCH_MONGO_URL;
  const groups = [decisionGroup, requestGroup, ...cycleGroups(mongo), ...pageGroups(mongo)];
  let results = 0;
  for (const group of groups) results += (await runGroup(group, options)).length;
  if (results === 0) throw new Error('No measure has that name');
}

// bpmn-server prints to the console; what is printed here are results only.
console.log = () => undefined;
// It also swallows what nobody catches, so that a failure has to set the exit code here.
await main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

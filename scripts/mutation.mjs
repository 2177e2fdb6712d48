/**
 * Mutation testing by a sample: Stryker changes lines that a seed chooses, and the tests of that part must notice.
 *
 *     npm run mutation -- [--part core] [--seed 1] [--lines 40] [--minutes 10] [--concurrency 1]
 *         [--tests 'test/core/*.test.ts'] [--at src/core/evaluation/bind.ts:24,src/core/condition/cases.ts:12]
 *         [--file src/core/evaluation/bind.ts]
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import jestConfig from '../jest.config.mjs';
import { tested } from './mutation-reporter.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const TEMP = '.stryker-tmp';

/** What is changed, and the tests that should notice. */
const PARTS = {
  core: {
    of: ['src/core'],
    // What an application configures comes in through the files and commands of policies.
    tests: [
      'test/core/**/*.test.ts',
      'test/engine/policies/!(processes).test.ts',
      'test/engine/policies/{files,grid}/*.test.ts',
      'test/engine/enforcement/case-operations.test.ts',
    ],
  },
  query: {
    of: ['src/store/query'],
    tests: ['test/store/query/**/*.test.ts', 'test/agreement/{lists,queries}.test.ts'],
  },
  match: { of: ['src/store/bson/match'], tests: ['test/store/bson/**/*.test.ts'] },
  enforcement: {
    of: ['src/engine/enforcement'],
    tests: [
      // Not the crashes: their child processes load the built package, which no mutant changes.
      'test/engine/enforcement/**/!(*-crash).test.ts',
      'test/surface/{doors,manifest}.test.ts',
      'test/leaks/threats-commands.test.ts',
      'test/engine/list-inputs.test.ts',
      // One test for several files of this part.
      'test/engine/{bypass,directory,events,legacy,life-cycle,model-names,openness}.test.ts',
      'test/engine/{projection,refusal-tally,removal,request-vacation,tenants,upstreams-ways}.test.ts',
      'test/engine/{limits/lists,limits/counts,upkeep/orphans}.test.ts',
      'test/engine/policies/{duties,evasions,sections,widening,grid/labels}.test.ts',
    ],
  },
};

// On the embedded store alone: half of the tests, and the same ones on each machine.
delete process.env.MONGO_DB_URL;

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: Object.keys(PARTS).join(',') },
    seed: { type: 'string', default: '1' },
    lines: { type: 'string', default: '40' },
    minutes: { type: 'string', default: '10' },
    concurrency: { type: 'string', default: '1' },
    tests: { type: 'string' },
    at: { type: 'string' },
    file: { type: 'string' },
  },
});

/** Numbers from 0 to 1, the same ones for a seed (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The TypeScript files whose path begins with one of these. */
const filesOf = (prefixes) =>
  readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => prefixes.some((prefix) => path.startsWith(prefix)))
    .sort();

const NO_CODE = /^\s*($|\/\/|\/?\*|import\b|export (type|interface)\b|[})\];,]*$)/;

/** Lines with code, each as Stryker takes a range. */
const linesOf = (paths) =>
  paths.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .flatMap((text, at) => (NO_CODE.test(text) ? [] : [`${path}:${at + 1}-${at + 1}`])),
  );

function sample(all, count, random) {
  const left = [...all];
  return Array.from({ length: Math.min(count, left.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}

/** A change that ends in a time limit, or after which the tests cannot even be loaded, is noticed too. */
const NOTICED = new Set(['Killed', 'Timeout', 'RuntimeError']);
const UNNOTICED = new Set(['Survived', 'NoCoverage']);

function report(part) {
  const count = (statuses) => tested.filter(({ status }) => statuses.has(status)).length;
  const killed = count(NOTICED);
  const judged = killed + count(UNNOTICED);
  const share = judged === 0 ? '-' : `${((100 * killed) / judged).toFixed(1)} %`;
  const timeouts = count(new Set(['Timeout']));
  const { lines, seed, file = `seed ${seed}, ${lines} lines`, at = file } = values;
  console.log(`${part}, ${at}: ${killed} of ${judged} killed (${share}), ${timeouts} by a time limit`);
}

const clean = () => rmSync(join(root, TEMP), { recursive: true, force: true });
let current;
const deadline = setTimeout(
  () => {
    if (current !== undefined) report(`${current}, cut off after ${values.minutes} minutes`);
    clean();
    process.exit(0);
  },
  Number(values.minutes) * 60_000,
);

for (const part of values.part.split(',')) {
  const chosen = PARTS[part];
  if (chosen === undefined) throw new Error(`A part is one of ${Object.keys(PARTS).join(', ')}.`);
  current = part;
  tested.length = 0;
  const mutate =
    values.file?.split(',') ??
    values.at?.split(',').map((line) => `${line}-${line.split(':')[1]}`) ??
    sample(linesOf(filesOf(chosen.of)), Number(values.lines), randomOf(Number(values.seed)));
  await new Stryker({
    mutate,
    testRunner: 'files',
    coverageAnalysis: 'perTest',
    jest: {
      config: {
        ...jestConfig,
        testMatch: (values.tests?.split(',') ?? chosen.tests).map((pattern) => `<rootDir>/${pattern}`),
        maxWorkers: 1,
      },
    },
    plugins: [...['reporter', 'runner'].map((plugin) => join(root, 'scripts', `mutation-${plugin}.mjs`))],
    reporters: ['sample'],
    concurrency: Number(values.concurrency),
    disableTypeChecks: false,
    ignorePatterns: ['dist', 'coverage', '.data', 'sample-app/.data'],
    tempDirName: TEMP,
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: Number(values.minutes),
    warnings: { unknownOptions: false },
    allowConsoleColors: false,
    logLevel: 'warn',
  }).runMutationTest();
  report(part);
}
clearTimeout(deadline);
clean();

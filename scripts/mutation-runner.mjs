/**
 * The test runner of `mutation.mjs`: Stryker's for Jest, but for each mutant only the files whose tests reach it, and
 * no more of them once a test has failed. Stryker's own loads every test file and runs them all.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { strykerPlugins as jestPlugins } from '@stryker-mutator/jest-runner';

/** Where the processes of one run find what the first of them learned, in the copy that is tested. */
const LEARNED = 'mutation-tests.json';

/** The files of these tests, all if there is no filter: the one named as the changed file first, then by time. */
function filesOf(tests, filter, changed) {
  const wanted = filter && new Set(filter);
  const time = new Map();
  for (const { id, fileName, timeSpentMs } of tests)
    if (wanted === undefined || wanted.has(id)) time.set(fileName, (time.get(fileName) ?? 0) + timeSpentMs);
  const mirror = `${basename(changed, '.ts')}.test.ts`;
  const rank = (file) => (basename(file) === mirror ? -1 : time.get(file));
  return [...time.keys()].sort((one, other) => rank(one) - rank(other));
}

/** One file, then two, then four: a run has a price, and so has each file after the one that noticed. */
function* portions(files) {
  for (let from = 0, size = 1; from < files.length; from += size, size *= 2)
    yield files.slice(from, from + size);
}

function fileRunner(injector) {
  const runner = injector.injectFunction(jestPlugins[0].factory);
  const [dryRun, mutantRun, run] = [runner.dryRun, runner.mutantRun, runner.run].map((of) => of.bind(runner));
  let testFiles;
  runner.run = (settings) => run(testFiles === undefined ? settings : { ...settings, testFiles });
  runner.dryRun = async (options) => {
    const result = await dryRun(options);
    if (result.tests !== undefined) writeFileSync(LEARNED, JSON.stringify(result.tests));
    return result;
  };
  runner.mutantRun = async (options) => {
    const tests = existsSync(LEARNED) ? JSON.parse(readFileSync(LEARNED, 'utf8')) : [];
    let result;
    for (const portion of portions(filesOf(tests, options.testFilter, options.sandboxFileName))) {
      testFiles = portion;
      result = await mutantRun(options).finally(() => (testFiles = undefined));
      if (result.status !== 'survived') return result;
    }
    return result ?? mutantRun(options);
  };
  return runner;
}
fileRunner.inject = ['$injector'];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'files', fileRunner)];

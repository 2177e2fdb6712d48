/**
 * How `mutation-runner.mjs` runs a test file, in place of `jest-circus/runner`: it is loaded once and then run again
 * and again, each time with another change switched on, only the tests that reach the change, and none after a failure.
 */
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createEmptyTestResult } from '@jest/test-result';
import { shared } from './mutation-environment.mjs';

const CIRCUS = createRequire(import.meta.url).resolve('jest-circus');
const INITIALIZER = join(dirname(CIRCUS), 'jestAdapterInit.js');

/** A property ends after this time, and at its first counterexample: nobody reads a minimal one. */
const PROPERTIES = { interruptAfterTimeLimit: 200, endOnFailure: true };

/** Uncaught errors go to the running file. */
const current = { listeners: undefined };
const ERRORS = ['uncaughtException', 'unhandledRejection', 'rejectionHandled'];
for (const name of ERRORS)
  process.on(name, (...of) => current.listeners?.[name].forEach((listener) => listener(...of)));

const nameOf = ({ name, parent }) =>
  parent?.parent === undefined ? name : `${nameOf(parent)} ${name}`.trimStart();

const testsOf = (block) =>
  block.children.flatMap((child) => (child.type === 'test' ? [child] : testsOf(child)));

/** Loads the file and hands over what runs it, until that is closed. */
export default async function testFramework(globalConfig, config, environment, runtime, testPath) {
  const ownProcess = new EventEmitter();
  const ids = new Map();
  let [state, failed, whole] = [undefined, [], undefined];
  environment.handleTestEvent = ({ name, test, promise }, held) => {
    if (name === 'setup') state = held;
    // A rejection may still be handled; if not, the test fails in the end.
    if (name === 'error' && promise === undefined) failed.push('');
    if (name === 'test_start') {
      configureGlobal(whole === undefined || whole.has(ids.get(test)) ? {} : PROPERTIES);
      shared.switches.currentTestId = ids.get(test);
      if (failed.length > 0) test.mode = 'skip';
    }
    if (name !== 'test_done') return;
    shared.switches.currentTestId = undefined;
    if (test.errors.length > 0) failed.push(ids.get(test));
  };
  const circus = runtime.requireInternalModule(INITIALIZER);
  const localRequire = runtime.requireModule.bind(runtime);
  await circus.initialize({
    config,
    environment,
    globalConfig,
    localRequire,
    parentProcess: ownProcess,
    runtime,
    setGlobalsForRuntime: runtime.setGlobalsForRuntime.bind(runtime),
    testPath,
  });
  // Jest takes them away after each run.
  const listeners = Object.fromEntries(ERRORS.map((name) => [name, ownProcess.listeners(name)]));
  for (const path of [...config.setupFilesAfterEnv, testPath]) localRequire(path);
  const { configureGlobal } = localRequire(testPath, 'fast-check');
  const tests = testsOf(state.rootDescribeBlock).map((test) => {
    ids.set(test, `${testPath} ${nameOf(test)}`);
    return { test, id: ids.get(test), mode: test.mode };
  });

  /**
   * Answers with the tests that ran and the ids of those that failed, '' for a failure outside of all tests. Wanted are
   * all, and all have their time, if the ids are undefined.
   */
  async function runTests(wanted, takingTheirTime) {
    [failed, whole] = [[], takingTheirTime];
    Object.assign(state, { unhandledErrors: [], unhandledErrorsDetailed: [] });
    state.unhandledRejectionErrorByPromise.clear();
    for (const { test, id, mode } of tests) {
      Object.assign(test, { errors: [], status: null, invocations: 0, startedAt: null });
      test.unhandledRejectionErrorByPromise.clear();
      test.mode = wanted === undefined || wanted.has(id) ? mode : 'skip';
    }
    current.listeners = listeners;
    const result = await circus
      .runAndTransformResultsToJestFormat({ config, globalConfig, testPath, setupAfterEnvPerfStats: {} })
      .finally(() => (current.listeners = undefined));
    if (failed.length === 0 && result.testExecError !== undefined) failed.push('');
    const ran = tests.filter(({ test }) => test.status === 'done');
    return {
      failed,
      text: result.failureMessage ?? '',
      ran: ran.map(({ id, test }) => ({ id, duration: test.duration ?? 0 })),
    };
  }
  await new Promise((close) => shared.loaded({ runTests, close }));
  return createEmptyTestResult();
}

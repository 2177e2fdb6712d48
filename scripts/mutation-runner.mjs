/**
 * The test runner of `mutation.mjs`. It loads each test file once and runs it for one change after the other, which
 * takes milliseconds; Stryker's runner for Jest starts Jest again for each change and takes seconds.
 *
 * - For each change only the tests that reach it run, until one fails: those of the file named as the changed one
 *   first.
 * - A test that failed runs again without the change. If it fails again, something was left behind in the loaded file:
 *   it is loaded anew, and the tests run again.
 * - A change that survives is tested once more by the first of the files, loaded anew: a test may have kept what it saw
 *   without the change.
 * - For a change in what runs when a module is loaded, all files are loaded anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commonTokens, declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { SearchSource } from '@jest/core';
import { readConfig } from 'jest-config';
import JestRunner from 'jest-runner';
import JestRuntime from 'jest-runtime';
import { shared } from './mutation-environment.mjs';

/** Where the processes of one run find what the first of them learned, in the copy that is tested. */
const LEARNED = 'mutation-tests.json';
const MAX_LOADED = 60;
/** How a test file says that it has properties. */
const WITH_PROPERTIES = /fast-check|arbitraries/;

/** They are CommonJS modules. */
const [TestRunner, Runtime] = [JestRunner, JestRuntime].map((of) => of.default ?? of);
const besideThis = (name) => fileURLToPath(new URL(name, import.meta.url));

class FileRunner {
  #settings;
  #global;
  #context;
  /** What runs a loaded file, by its path; the one used last is the last. */
  #loaded = new Map();

  constructor(options) {
    this.#settings = options.jest.config;
  }

  capabilities = () => ({ reloadEnvironment: true });

  async init() {
    process.env.NODE_ENV = 'test';
    const config = {
      ...this.#settings,
      rootDir: process.cwd(),
      silent: true,
      testEnvironment: besideThis('mutation-environment.mjs'),
      testRunner: besideThis('mutation-framework.mjs'),
    };
    const read = await readConfig({ _: [], $0: '', config: JSON.stringify(config) }, process.cwd());
    this.#global = read.globalConfig;
    this.#context = await Runtime.createContext(read.projectConfig, {
      console,
      maxWorkers: 1,
      watchman: false,
    });
  }

  async dispose() {
    for (const { close } of this.#loaded.values()) await close();
    this.#loaded.clear();
  }

  async #close(path) {
    await this.#loaded.get(path)?.close();
    this.#loaded.delete(path);
  }

  /** What runs the tests of a file; throws if the file cannot be loaded. */
  async #open(path) {
    const open = this.#loaded.get(path) ?? (await this.#load(path));
    this.#loaded.delete(path);
    this.#loaded.set(path, open);
    if (this.#loaded.size > MAX_LOADED) await this.#close(this.#loaded.keys().next().value);
    return open;
  }

  #load(path) {
    const runner = new TestRunner(this.#global, {});
    return new Promise((resolve, reject) => {
      runner.on('test-file-failure', ([, error]) => reject(new Error(error.stack ?? error.message)));
      shared.loaded = ({ runTests, close }) =>
        resolve({
          runTests,
          close: () => {
            close();
            return ended;
          },
        });
      const tests = [{ path, context: this.#context }];
      const ended = runner.runTests(tests, { isInterrupted: () => false }, { serial: true });
    });
  }

  async dryRun() {
    const found = await new SearchSource(this.#context).getTestPaths(this.#global, this.#context.config);
    const [tests, times, whole] = [[], [], new Set()];
    for (const { path } of found.tests) {
      const { runTests } = await this.#open(path);
      let start = performance.now();
      const { failed, text, ran } = await runTests();
      if (failed.length > 0) return { status: 'error', errorMessage: `${path} ${failed[0]}: ${text}` };
      for (const { id, duration } of ran)
        tests.push({ id, name: id, fileName: path, timeSpentMs: duration, status: 0 });
      if (WITH_PROPERTIES.test(readFileSync(path, 'utf8'))) {
        start = performance.now();
        // Some tests count what their property saw.
        for (let cut; (cut = (await runTests(undefined, whole)).failed[0]) !== undefined && !whole.has(cut);)
          whole.add(cut);
      }
      times.push([path, performance.now() - start]);
    }
    writeFileSync(LEARNED, JSON.stringify({ times, whole: [...whole] }));
    return { status: 'complete', tests, mutantCoverage: shared.switches.mutantCoverage };
  }

  /** The time of each file, and the tests whose properties must not be cut short. */
  #learned() {
    return existsSync(LEARNED) ? JSON.parse(readFileSync(LEARNED, 'utf8')) : { times: [], whole: [] };
  }

  /** The files of these tests, of all if there is no filter: the one named as the changed file first, then by time. */
  #filesOf(filter, changed) {
    const times = new Map(this.#learned().times);
    const reached = (file) => filter === undefined || filter.some((id) => id.startsWith(`${file} `));
    const mirror = `${basename(changed, '.ts')}.test.ts`;
    const rank = (file) => (basename(file) === mirror ? -1 : times.get(file));
    return [...times.keys()].filter(reached).sort((one, other) => rank(one) - rank(other));
  }

  #switch(activeMutant, hitLimit) {
    Object.assign(shared.switches, { activeMutant, hitLimit, hitCount: hitLimit && 0 });
  }

  async #changed({ activeMutant, hitLimit }, file, wanted) {
    this.#switch(activeMutant.id, hitLimit);
    try {
      return await (await this.#open(file)).runTests(wanted, new Set(this.#learned().whole));
    } finally {
      this.overLimit = shared.switches.hitCount > hitLimit;
      this.#switch();
    }
  }

  /** Whether this test fails without a change too. */
  async #failsAnyway(file, [id]) {
    if (id === '') return true;
    const { failed } = await (await this.#open(file)).runTests(new Set([id]), new Set(this.#learned().whole));
    return failed.length > 0;
  }

  /** The file with the name of the changed one again, without the state that it has kept since it was loaded. */
  async #loadedAnew(options, wanted) {
    const [file] = this.#filesOf(options.testFilter, options.sandboxFileName);
    if (options.reloadEnvironment || file === undefined) return { failed: [], text: '' };
    await this.#close(file);
    return this.#changed(options, file, wanted);
  }

  async mutantRun(options) {
    const { testFilter, sandboxFileName, reloadEnvironment } = options;
    const wanted = testFilter && new Set(testFilter);
    let nrOfTests = 0;
    try {
      for (const file of this.#filesOf(testFilter, sandboxFileName)) {
        if (reloadEnvironment) await this.#close(file);
        let result = await this.#changed(options, file, wanted);
        if (
          !reloadEnvironment &&
          result.failed.length > 0 &&
          (await this.#failsAnyway(file, result.failed))
        ) {
          await this.#close(file);
          result = await this.#changed(options, file, wanted);
        }
        if (reloadEnvironment) await this.#close(file);
        nrOfTests += result.ran.length;
        if (this.overLimit) return { status: 'timeout', reason: 'The code ran too often.' };
        const { failed, text } = result;
        if (failed.length > 0) return { status: 'killed', killedBy: failed, failureMessage: text, nrOfTests };
      }
      const { failed, text } = await this.#loadedAnew(options, wanted);
      if (failed.length > 0) return { status: 'killed', killedBy: failed, failureMessage: text, nrOfTests };
      return { status: 'survived', nrOfTests };
    } catch (error) {
      return { status: 'error', errorMessage: String(error.stack) };
    }
  }
}

function fileRunner(options) {
  return new FileRunner(options);
}
fileRunner.inject = [commonTokens.options];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'files', fileRunner)];

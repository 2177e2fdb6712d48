/** Where the tests of `mutation-runner.mjs` run: as always, but the changed code finds the switch of each change. */
import { TestEnvironment } from 'jest-environment-node';

/** What the runner and its tests share: the switches that the changed code looks at, and who waits for a file. */
export const shared = { switches: {}, loaded: undefined };

export default class MutationEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.__stryker__ = shared.switches;
    // The stack of each failure is expensive, and nobody reads it.
    this.global.Error.stackTraceLimit = 10;
  }
}

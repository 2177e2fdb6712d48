'use strict';

/**
 * Reports the entries of the table of queries that no test needs, once all test files have run on MongoDB with all
 * their tests. It fails the run of CI only, since a test that needs an entry may be skipped on another machine.
 */
const { readdirSync, readFileSync, rmSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { isListenedTo, unused } = require('./listened.cjs');

const TESTS = resolve(__dirname, '..', '..');

module.exports = ({ testNamePattern }) => {
  const folder = process.env.GUARD_NOTES;
  if (folder === undefined) return;
  delete process.env.GUARD_NOTES;
  const notes = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  rmSync(folder, { recursive: true });
  const files = readdirSync(TESTS, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(TESTS, name))
    .filter(isListenedTo);
  const left = testNamePattern ? [] : unused(notes, files);
  if (left.length === 0) return;
  process.stderr.write(`No test needs these entries of src/store/mongo/shapes.ts:\n${left.join('\n')}\n`);
  // An error would keep jest from writing its results.
  if (process.env.CI) process.exitCode = 1;
};

'use strict';

/**
 * Tells the entries of the table of queries that nothing needs, when all test files have been run on MongoDB, with all
 * of their tests. It does not fail the run: a test of another machine may be skipped that needs one.
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
  if (left.length > 0)
    process.stderr.write(`No test needs these entries of src/store/mongo/shapes.ts:\n${left.join('\n')}\n`);
};

'use strict';

/** Makes room for the notes of a run of the tests. */
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

module.exports = () => {
  process.env.GUARD_NOTES = mkdtempSync(join(tmpdir(), 'guard-notes-'));
};

'use strict';

/**
 * Loaded before a child process that a test starts: writes what the child asks MongoDB for, without what it stores, to
 * a file of its own, one command a line. The test judges them as it judges its own.
 */
const { appendFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

const folder = process.env.GUARD_HEARD;
/** Where the product connects. */
const CONNECTS = /[\\/]store[\\/]mongo[\\/]/;

function asked(name, command) {
  const { filter, query, sort, limit, maxTimeMS, pipeline, remove } = command;
  const onlyFilters = (list) => list && list.map(({ q }) => ({ q }));
  const [updates, deletes] = [onlyFilters(command.updates), onlyFilters(command.deletes)];
  return { [name]: command[name], filter, query, sort, limit, maxTimeMS, pipeline, remove, updates, deletes };
}

if (folder && isMainThread) {
  const { BSON, MongoClient } = require('mongodb');
  const { connect } = MongoClient.prototype;
  const file = join(folder, `${process.pid}.jsonl`);
  MongoClient.prototype.connect = function () {
    if (CONNECTS.test(new Error().stack)) {
      Object.assign(this, { monitorCommands: true });
      this.on('commandStarted', ({ commandName, command }) => {
        const said = { name: commandName, command: asked(commandName, command) };
        appendFileSync(file, `${BSON.EJSON.stringify(said)}\n`);
      });
    }
    return connect.call(this);
  };
}

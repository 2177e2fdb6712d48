// Opens the folder, lets another thread try it, and keeps it open until it is killed.
require('./sources.cjs');
const { writeSync } = require('node:fs');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { openStore } = require('../../../src/store/open.js');

async function run(folder) {
  await openStore({ folder });
  new Worker(__filename, { workerData: folder }).once('message', (said) => writeSync(1, `${said}\n`));
  setInterval(() => undefined, 1000);
}

if (isMainThread) run(process.argv[2]);
else
  openStore({ folder: workerData }).then(
    () => parentPort.postMessage('opened'),
    (error) => parentPort.postMessage(error.code),
  );

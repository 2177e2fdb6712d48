import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Installs a packed tarball beside the supported bpmn-server in an empty folder and uses it as an application does:
 * with this Node, and with each other one that is named by the path of its binary.
 * One line per check, `ok` or `not ok` first; the exit code is the number of those that failed.
 */
const [tarball, ...otherNodes] = process.argv.slice(2);
if (tarball === undefined) throw new Error('Usage: node scripts/smoke.mjs <tarball> [<node> …]');

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const { name, bin = {}, peerDependencies } = manifest;
const host = `bpmn-server@${peerDependencies['bpmn-server']}`;
const entries = Object.keys(manifest.exports)
  .filter((path) => !path.endsWith('.json'))
  .map((path) => name + path.slice(1));

const folder = mkdtempSync(join(tmpdir(), 'smoke-'));
const minutes = (count) => count * 60_000;
let failed = 0;

function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: minutes(8),
  });
  if (status !== 0) throw new Error(error?.message ?? `${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

function check(says, body) {
  try {
    body();
    console.log(`ok ${says}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${says}\n${error.message}`);
  }
}

const same = (left, right) => {
  if (left !== right) throw new Error(`${left}\ndiffers from\n${right}`);
};

/** What the last line of a program's output says, in JSON; the program must end by itself. */
function result(node, file, program) {
  writeFileSync(join(folder, file), program);
  return JSON.parse(run(node, file).trim().split('\n').at(-1));
}

/** Names that a module exports. */
function namesOf(node, file, load) {
  const names = result(node, file, `${load}; ${PRINT}`);
  if (names.length === 0) throw new Error('it exports nothing');
  return names.join();
}
const PRINT =
  'console.log(JSON.stringify(Object.keys(it).filter((key) => key !== "default" && key !==' +
  ' "__esModule" && key !== "module.exports").sort()))';

/** Packages that are loaded when a store, or a password, first needs them. */
const LAZY = `
require(${JSON.stringify(name)});
const { dirname, sep } = require('node:path');
const root = dirname(require.resolve('${name}/package.json'));
const from = (file) => dirname(require.resolve(file, { paths: [root] })) + sep;
const files = ['mongodb/package.json', 'libsql', '@zxcvbn-ts/language-common/package.json'];
const folders = files.map(from);
const loaded = Object.keys(require.cache).filter((file) => folders.some((folder) => file.startsWith(folder)));
console.log(JSON.stringify(loaded));`;

/** Starts an instance, which a permitted user completes, in a store on disk. */
const USE = `
import { mkdtemp, rm } from 'node:fs/promises';
import { createGuard } from '${name}';
const folder = await mkdtemp('store-');
const guard = await createGuard({ configuration: {}, store: { folder } });
const root = { userName: 'root', userGroups: ['ADMIN'] };
const ann = { userName: 'ann', userGroups: [] };
const source = \`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
  <process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="a" sourceRef="s" targetRef="t"/>
  <userTask id="t" camunda:assignee="ann"/><sequenceFlow id="b" sourceRef="t" targetRef="e"/><endEvent id="e"/></process>
</definitions>\`;
await guard.api.model.save('Smoke', source, undefined, root);
const { id } = await guard.api.engine.start('Smoke', {}, ann);
const [task] = await guard.api.data.getPendingUserTasks({}, ann);
const others = await guard.api.data.getPendingUserTasks({}, { userName: 'bob', userGroups: [] });
const { status } = await guard.api.tasks.complete(task.id, {}, ann);
await guard.close();
await rm(folder, { recursive: true });
console.log(JSON.stringify([id === task.instanceId, others.length, status]));`;

/** @param as the release, for the words of the checks; empty for the Node that runs this */
function useWith(node, as) {
  for (const [at, entry] of entries.entries()) {
    let required;
    check(`${entry} is required${as}`, () => {
      required = namesOf(node, `required-${at}.cjs`, `const it = require(${JSON.stringify(entry)})`);
    });
    check(`${entry} is imported, with the same names${as}`, () =>
      same(namesOf(node, `imported-${at}.mjs`, `import * as it from ${JSON.stringify(entry)}`), required),
    );
  }
  check(`a process is started, and its task done by its assignee${as}`, () =>
    same(JSON.stringify(result(node, 'use.mjs', USE)), '[true,0,"end"]'),
  );
}

const npm = (command, ...args) =>
  run('npm', command, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...args);

try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  // From the lock file, as a deployment installs: packages that it does not name are absent, even if npm added them.
  check(`installs beside ${host}, by npm ci`, () => {
    npm('install', '--package-lock-only', resolve(tarball), host);
    npm('ci');
  });
  useWith(process.execPath, '');
  check('neither database drivers nor lists of passwords are loaded by the import', () =>
    same(JSON.stringify(result(process.execPath, 'lazy.cjs', LAZY)), '[]'),
  );
  check('the MongoDB driver is the supported one', () =>
    same(run(process.execPath, '-p', "require('mongodb/package.json').version.split('.')[0]").trim(), '7'),
  );
  check('its version can be read', () =>
    same(run(process.execPath, '-p', `require('${name}/package.json').version`).trim(), manifest.version),
  );
  for (const command of Object.keys(bin)) {
    check(`${command} --help answers`, () => {
      if (run('npx', '--no-install', command, '--help').trim() === '') throw new Error('it prints nothing');
    });
  }
  for (const node of otherNodes) useWith(node, `, with Node ${run(node, '--version').trim()}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed;

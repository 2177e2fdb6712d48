import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Installs a packed tarball beside the supported bpmn-server in an empty folder and uses it as an application does.
 * One line per check, `ok` or `not ok` first; the exit code is the number of those that failed.
 */
const tarball = process.argv[2];
if (tarball === undefined) throw new Error('Usage: node scripts/smoke.mjs <tarball>');

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

/** Names that a module exports, by running a program that prints them; it must end by itself. */
function namesOf(file, program) {
  writeFileSync(join(folder, file), program);
  const names = JSON.parse(run(process.execPath, file).trim().split('\n').at(-1));
  if (names.length === 0) throw new Error('it exports nothing');
  return names.join();
}
const PRINT =
  'console.log(JSON.stringify(Object.keys(it).filter((key) => key !== "default" && key !== "__esModule" && key !== "module.exports").sort()))';

try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  check(`installs beside ${host}`, () =>
    run(
      'npm',
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      resolve(tarball),
      host,
    ),
  );
  for (const [at, entry] of entries.entries()) {
    let required;
    check(`${entry} is required`, () => {
      required = namesOf(`required-${at}.cjs`, `const it = require(${JSON.stringify(entry)}); ${PRINT}`);
    });
    check(`${entry} is imported, with the same names`, () =>
      same(namesOf(`imported-${at}.mjs`, `import * as it from ${JSON.stringify(entry)}; ${PRINT}`), required),
    );
  }
  check('its version can be read', () =>
    same(run(process.execPath, '-p', `require('${name}/package.json').version`).trim(), manifest.version),
  );
  for (const command of Object.keys(bin)) {
    check(`${command} --help answers`, () => {
      if (run('npx', '--no-install', command, '--help').trim() === '') throw new Error('it prints nothing');
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed;

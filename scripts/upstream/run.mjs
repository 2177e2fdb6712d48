// npm run upstream -- <folder of a checkout of bpmn-web> [part of a file's name]
//
// Runs the mocha suite of bpmn-server, which lies in the repository of its demonstration application, three times: on
// the bare host, guarded with the by-pass on, and guarded with the rules on and an administrator as caller. Lists what
// passes bare and fails guarded. Needs MONGO_DB_URL for the bare host, and mocha 10, mocha-cakes-2 and chai 4 in the
// node_modules of the checkout. Nothing of the suite is part of this repository.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const MODES = ['bare', 'bypass', 'rules'];
/** Milliseconds of one file. */
const LIMIT = Number(process.env.UPSTREAM_LIMIT ?? 120_000);
const here = path.dirname(fileURLToPath(import.meta.url));
const [given, part = ''] = process.argv.slice(2);
const url = process.env.MONGO_DB_URL?.replace(/\/+$/, '');

function fail(message) {
  console.error(message);
  process.exit(1);
}
if (given === undefined || !url)
  fail('usage: MONGO_DB_URL=… npm run upstream -- <folder of a checkout of bpmn-web> [part of a file name]');
const folder = path.resolve(given);
const feature = path.join(folder, 'src/test/feature');
const files = readdirSync(feature).filter(
  (file) => file.endsWith('.js') && file !== 'index.js' && file.includes(part),
);

/** Titles of the tests of one file, by outcome; a file that does not end in time has what it reported until then. */
function runFile(file, mode) {
  const out = mkdtempSync(path.join(tmpdir(), 'upstream-'));
  const report = path.join(out, 'report.json');
  const args = [
    path.join(folder, 'node_modules/mocha/bin/mocha.js'),
    ...['--no-config', '--no-package', '--exit', '--ui', path.join(folder, 'node_modules/mocha-cakes-2')],
    ...['--timeout', '20000', '--require', path.join(here, 'preload.cjs')],
    ...['--reporter', 'json', '--reporter-option', `output=${report}`, path.join(feature, file)],
  ];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: process.env.UPSTREAM_LOUD ? 'inherit' : 'ignore',
      env: {
        ...process.env,
        NODE_ENV: 'test',
        UPSTREAM_MODE: mode,
        UPSTREAM_FOLDER: folder,
        UPSTREAM_MONGO: url,
        UPSTREAM_GUARD: path.resolve(here, '../../dist/cjs/index.js'),
        ...(mode === 'rules' ? {} : { REQUIRE_AUTHENTICATION: 'false', ENFORCE_SECURITY: 'false' }),
      },
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
    child.on('exit', () => {
      clearTimeout(timer);
      try {
        const { passes, failures } = JSON.parse(readFileSync(report, 'utf8'));
        resolve({
          passes: passes.map(({ fullTitle }) => fullTitle),
          failures: Object.fromEntries(failures.map(({ fullTitle, err }) => [fullTitle, err.message])),
        });
      } catch {
        resolve({ passes: [], failures: {}, broken: true });
      } finally {
        rmSync(out, { recursive: true, force: true });
      }
    });
  });
}

/** What differs on purpose, or by chance, as docs/from-upstream.md says of it. */
const KNOWN = [
  [
    /^(bypass|rules) {2}error\.js: .* Error 4 Then check Event_1e95dbp end/,
    'two branches race to a terminate event',
  ],
  [
    /^\w+ {2}noWait\.js: .* only 3 items have end/,
    'it counts what ends meanwhile, so it fails bare as well, by chance',
  ],
  [/^rules {2}ds\.js: .* find instance by caseId/, 'a query for the whole of `data`'],
  [/^rules {2}restart2\.js: .* (When restart|after restart)/, 'the option `restart` of invoke'],
  [/^rules {2}serviceInput\.js: .* check for query/, 'a query for `items.vars`'],
];

const totals = Object.fromEntries(MODES.map((mode) => [mode, { passed: 0, failed: 0, broken: 0 }]));
const differences = [];
const failing = [];
for (const file of files) {
  const runs = {};
  for (const mode of MODES) {
    const run = (runs[mode] = await runFile(file, mode));
    totals[mode].passed += run.passes.length;
    totals[mode].failed += Object.keys(run.failures).length;
    totals[mode].broken += run.broken ? 1 : 0;
  }
  for (const title of new Set(MODES.flatMap((mode) => Object.keys(runs[mode].failures)))) {
    const modes = MODES.filter((mode) => title in runs[mode].failures);
    failing.push(`${modes.join(' ')}  ${file}: ${title}: ${runs[modes[0]].failures[title]}`);
  }
  for (const mode of MODES.slice(1))
    for (const title of runs.bare.passes.filter((one) => !runs[mode].passes.includes(one)))
      differences.push(`${mode}  ${file}: ${title}: ${runs[mode].failures[title] ?? 'did not run'}`);
  console.log(
    `${file}:` +
      ` ${MODES.map((mode) => `${mode} ${runs[mode].broken ? 'no report' : runs[mode].passes.length}`).join(', ')}`,
  );
}
console.log(`\n${files.length} files`);
for (const mode of MODES)
  console.log(
    `${mode}: ${totals[mode].passed} passed, ${totals[mode].failed} failed,` +
      ` ${totals[mode].broken} files without a report`,
  );
console.log(`\n${failing.length} fail somewhere`);
for (const line of failing) console.log(line);
const reasonOf = (line) => KNOWN.find(([pattern]) => pattern.test(line))?.[1];
const unknown = differences.filter((line) => reasonOf(line) === undefined);
console.log(
  `\n${differences.length} pass bare and fail guarded, ${unknown.length} of them for no known reason`,
);
for (const line of differences) console.log(`${reasonOf(line) ?? 'NO KNOWN REASON'}: ${line}`);
process.exitCode = unknown.length > 0 ? 1 : 0;

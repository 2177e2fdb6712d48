// Measures what `npm install bpmn-guard` costs: packages, megabytes, install scripts, and the time of an import.
// `node scripts/measure-install.mjs <tarball>` prints a table in Markdown; docs/installing.md holds it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const tarball = process.argv[2];
if (tarball === undefined) throw new Error('Usage: node scripts/measure-install.mjs <tarball>');
const { name, peerDependencies } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);
const host = `bpmn-server@${peerDependencies['bpmn-server']}`;
const RUNS = 7;

function run(cwd, command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(error?.message ?? `${command} ${args.join(' ')}\n${stderr}`);
  return stdout;
}

function bytesBelow(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, entry) => sum + bytesBelow(join(path, entry)), 0);
}

/** Milliseconds of processor time that an import takes: the least of several runs, since other work only adds to it. */
function milliseconds(cwd, imported) {
  const program = `
    const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
    const before = used();
    await import(${JSON.stringify(imported)});
    console.log(used() - before);
    process.exit();`;
  const times = Array.from({ length: RUNS }, () =>
    Number(run(cwd, process.execPath, '--input-type=module', '-e', program).trim().split('\n').at(-1)),
  );
  return Math.min(...times);
}

/** What an installation of these packages in an empty folder is like. */
function measure(title, imported, ...args) {
  const folder = mkdtempSync(join(tmpdir(), 'install-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
    run(folder, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...args);
    const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    const there = Object.entries(packages).filter(
      ([path]) => path !== '' && bytesBelow(join(folder, path)) > 0,
    );
    const scripts = there.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
    return {
      title,
      packages: there.length,
      megabytes: bytesBelow(join(folder, 'node_modules')) / 1e6,
      scripts: scripts.map((path) => path.replace(/^.*node_modules\//, '')),
      import: milliseconds(folder, imported),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const file = resolve(tarball);
const rows = [
  measure('bpmn-server alone', 'bpmn-server', host),
  measure(`${name}, with its peer bpmn-server`, name, file),
  measure('the same with `--omit=optional`', name, '--omit=optional', file),
];
console.log('| `npm install` of | packages | MB | with install scripts | import, processor time |');
console.log('|---|---|---|---|---|');
for (const row of rows)
  console.log(
    `| ${row.title} | ${row.packages} | ${row.megabytes.toFixed(0)} |` +
      ` ${row.scripts.join(', ')} | ${row.import.toFixed(0)} ms |`,
  );

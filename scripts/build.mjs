import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeRules } from './rules.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const stamp = join(dist, 'esm', 'package.json');
const FORMATS = { cjs: 'commonjs', esm: 'module' };
const CONFIGS = ['tsconfig.json', 'tsconfig.cjs.json', 'tsconfig.esm.json'];

/** Newest change below a folder; the folders count too, since a file that was removed changes only them. */
function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function upToDate() {
  if (!existsSync(stamp)) return false;
  const built = statSync(stamp).mtimeMs;
  return [join(root, 'src'), ...CONFIGS.map((name) => join(root, name))].every(
    (path) => newest(path) < built,
  );
}

function compile(format, outDir) {
  const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  const args = [tsc, '-p', join(root, `tsconfig.${format}.json`), '--outDir', outDir];
  return new Promise((resolve, reject) => {
    spawn(process.execPath, args, { stdio: 'inherit', cwd: root })
      .once('error', reject)
      .once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`tsc failed for ${format}`))));
  });
}

/** Programs of threads, which start from files that need no compilation. */
const PROGRAMS = ['store/embedded/sqlite/thread.cjs', 'store/embedded/merged.cjs'];

/** Compiles both formats, and once more if the code of the rules was outdated and has been regenerated. */
async function compileAll(fresh) {
  const all = () => Promise.all(Object.keys(FORMATS).map((format) => compile(format, join(fresh, format))));
  await all();
  const cjs = join(fresh, 'cjs');
  writeFileSync(join(cjs, 'package.json'), JSON.stringify({ type: FORMATS.cjs }));
  if (await writeRules(cjs)) await all();
}

/** Readers of dist see the old build or the new one, never half of one. */
function swap(from, to, aside) {
  if (existsSync(to)) renameSync(to, aside);
  renameSync(from, to);
  rmSync(aside, { recursive: true, force: true });
}

async function build() {
  const begun = new Date();
  const work = join(root, 'node_modules', '.cache', `build-${process.pid}`);
  const fresh = join(work, 'dist');
  mkdirSync(fresh, { recursive: true });
  try {
    await compileAll(fresh);
    for (const [format, type] of Object.entries(FORMATS)) {
      for (const program of PROGRAMS) copyFileSync(join(root, 'src', program), join(fresh, format, program));
      const cli = join(fresh, format, 'cli.js');
      if (existsSync(cli)) chmodSync(cli, 0o755);
      const file = join(fresh, format, 'package.json');
      writeFileSync(file, `${JSON.stringify({ type })}\n`);
      utimesSync(file, begun, begun);
    }
    swap(fresh, dist, join(work, 'old'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (!process.argv.includes('--if-needed') || !upToDate()) {
  await build().catch((error) => {
    console.error(`Build failed: ${error.message}`);
    process.exitCode = 1;
  });
}

// Puts the supported releases of Node, other than the one that runs this, into a folder, and prints a line for each:
// its number and the path of its binary, or `none` where there is no package of it for this machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const RELEASES = [20, 22, 24];

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node scripts/nodes.mjs <folder>');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));

const running = Number(process.versions.node.split('.')[0]);
for (const release of RELEASES.filter((number) => number !== running)) {
  const [alias, wanted] = [`node-${release}`, `node-${process.platform}-${process.arch}@${release}`];
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  spawnSync('npm', ['install', ...options, `${alias}@npm:${wanted}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const binary = resolve(folder, 'node_modules', alias, 'bin', 'node');
  console.log(release, existsSync(binary) ? binary : 'none');
}

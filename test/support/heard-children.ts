import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EJSON } from 'bson';

let folder: string | undefined;

/** Environment of a child process whose queries are checked against the table of queries. */
export function heardChild(): Record<string, string> {
  if (!process.env.MONGO_DB_URL) return {};
  folder ??= mkdtempSync(join(tmpdir(), 'guard-heard-'));
  return { NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'hears.cjs'))}`, GUARD_HEARD: folder };
}

/** The commands of the children of this test file; forgets them. */
export function fromChildren(): { name: string; command: Record<string, unknown> }[] {
  if (folder === undefined) return [];
  const at = folder;
  folder = undefined;
  const lines = readdirSync(at).flatMap((name) => readFileSync(join(at, name), 'utf8').split('\n'));
  rmSync(at, { recursive: true });
  // The last line of a child that was killed may be a part of one.
  const whole = lines.filter((line) => line.endsWith('}'));
  return whole.map((line) => EJSON.parse(line) as { name: string; command: Record<string, unknown> });
}

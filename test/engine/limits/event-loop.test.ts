import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CASES } from '../../support/cases.js';

/** The longest time for which one call of a list may keep all others waiting, in milliseconds of the processor. */
const MOST = 200;
const LISTS = path.join(__dirname, '../../support/event-loop/lists.cjs');

interface Asked {
  readonly block: number;
  readonly outcome: string;
  readonly one: object;
}

test('no list that a caller asks for keeps others waiting for long, whatever it asks; what takes too much is refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'guard-lists-'));
  const options = { folder, cases: 30 * CASES, small: 2000, seed: 7 };
  const { stdout } = await promisify(execFile)(process.execPath, [LISTS, JSON.stringify(options)], {
    maxBuffer: 1e9,
  });
  await rm(folder, { recursive: true });
  const asked = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Asked);
  expect(asked.length).toBe(options.cases + 4);
  const outcomes = new Set(asked.map(({ outcome }) => outcome));
  expect([...outcomes].sort()).toEqual(['bad-query', 'found', 'nothing', 'too-expensive']);
  const long = asked.filter(({ block }) => block > MOST);
  expect(long.map(({ block, one }) => [Math.round(block), JSON.stringify(one).slice(0, 1000)])).toEqual([]);
});

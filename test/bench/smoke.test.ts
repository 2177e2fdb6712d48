import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.resolve(__dirname, '../..');
const run = promisify(execFile);

const node = (...args: string[]) => run(process.execPath, args, { cwd: ROOT });
const bench = (...args: string[]) => node('bench/run.mjs', '--quick', ...args);

beforeAll(() => node('scripts/build.mjs', '--if-needed'));

test('the bench prints one JSON line for each measure that is asked for, and nothing else', async () => {
  const { stdout } = await bench(
    '--json',
    '--only',
    'decision/chain',
    '--only',
    'decision/casl',
    '--only',
    'decision/configured',
    '--only',
    'cycle/embedded',
  );
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map((line) => Object.keys(line))).toEqual(lines.map(() => ['measure', 'ratio', 'goal']));
  expect(lines.map(({ measure, goal }) => [measure, goal])).toEqual([
    ['decision/chain', 2],
    ['decision/casl', 1],
    ['decision/configured', 3],
    ['decision/configured/rules', 1.5],
    ['decision/configured/roles', 1.5],
    ['decision/configured/sections', 1.5],
    ['cycle/embedded', 1],
    ['cycle/embedded/cpu', 1],
    ['cycle/embedded/20', 1],
    ['cycle/embedded/20/cpu', 1],
    ['cycle/embedded/50', 1],
    ['cycle/embedded/50/cpu', 1],
    ['cycle/embedded/starts', 1],
  ]);
  for (const { ratio } of lines) expect(ratio).toBeGreaterThan(0);
});

test('for people it prints the figures with their meaning, and judges no quick run', async () => {
  const { stdout } = await bench('--only', 'decision/casl');
  expect(stdout).toMatch(
    /^decision\/casl +ratio \S+ +goal 1 +not judged .+\n {4}one decision with the task rules, against @casl\/ability\n$/,
  );
});

test('the simulation finds the pages of the embedded store, and prints what each query examines', async () => {
  const { stdout } = await bench('--only', 'simulation');
  expect(stdout).toMatch(/^ +documents +rows +per row +queries {2}what asks\n/);
  for (const says of ['a list of what waits', 'a list of instances and items', 'an item by id'])
    expect(stdout).toMatch(new RegExp(`^ +\\d+ +\\d+ +1\\.0\\d\\d +\\d+ {2}${says}$`, 'm'));
  // Counted, not timed: it holds on a busy machine, and in a small store as in a large one.
  const figures = [...stdout.matchAll(/^ +(\d+) +(\d+) +\S+ +\d+ {2}(.+)$/gm)];
  expect(figures.length).toBeGreaterThan(5);
  const wasteful = figures.filter(([, documents, rows]) => Number(documents) > 1.1 * Number(rows) + 1);
  expect(wasteful.map(([, , , says]) => says)).toEqual([]);
  expect(stdout).toMatch(/^simulation +ratio \S+ +goal 1\.1 +not judged/m);
  expect(stdout).toMatch(/^simulation\/shards +ratio \S+ +goal 4 +not judged/m);
});

test.each([
  ['a measure that it does not have', ['--only', 'decision/none'], 'No measure has that name'],
  ['an option that it does not have', ['--fast'], "Unknown option '--fast'"],
])('the bench fails on %s', async (_what, args, message) => {
  await expect(bench(...args)).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(message) as string,
  });
});

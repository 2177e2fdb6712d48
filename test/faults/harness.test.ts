import { execFile } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const RUN = path.join(ROOT, 'scripts', 'faults', 'run.mjs');

interface Ended {
  readonly status: number;
  readonly table: string;
  readonly said: string;
}

const faults = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [RUN, ...args], { cwd: ROOT }, (error, table, said) =>
      resolve({ status: error === null ? 0 : Number(error.code), table, said }),
    );
  });

/** An engine with a flaw that the harness must find. */
const flawed = (name: string): string => path.join(__dirname, 'candidates', `${name}.mjs`);

const ended = (name: string, only: string, tries = '2'): Promise<Ended> =>
  faults('--candidate', flawed(name), '--only', only, '--tries', tries);

test('an engine that keeps what it acknowledged holds when it is killed', async () => {
  const { status, table } = await ended('sound', 'kill');
  expect([status, table]).toEqual([0, expect.stringContaining('held (2 tries)') as unknown]);
});

test('one that acknowledges before it writes loses what it acknowledged', async () => {
  const { status, table, said } = await ended('forgets', 'kill');
  expect([status, table]).toEqual([1, expect.stringMatching(/\| \d+ lost/) as unknown]);
  expect(said).toContain('lost: round 0');
});

test('one whose files may be changed without notice, and used by two, is found out', async () => {
  const { status, table } = await ended('sound', 'flip,truncate,two', '1');
  expect(status).toBe(1);
  expect(table).toMatch(/flip: .*(never written|does not open|without a name|lost)/);
  expect(table).toMatch(/truncate: .*lost/);
  expect(table).toMatch(/two: .*not refused/);
});

test('a fault or a candidate that does not exist is refused with the names that do', async () => {
  expect(await faults('--only', 'fire')).toMatchObject({
    status: 1,
    said: expect.stringContaining('No fault is called fire: kill, full') as unknown,
  });
  expect(await faults('--candidate', 'paper')).toMatchObject({
    status: 1,
    said: expect.stringContaining('No candidate is called paper: store, classic-level') as unknown,
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SqliteBytes } from '../../src/store/embedded/sqlite/sqlite-bytes.js';
import { openStore } from '../../src/store/open.js';
import { run } from './running.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guard-check-store-'));
  const store = await openStore({ folder });
  for (let n = 0; n < 5; n++) await store.instances.insert({ id: `i${n}`, logs: [n] });
  await store.users.put({ userName: 'ann', userGroups: [] });
  await store.close();
});
afterEach(() => rm(folder, { recursive: true }));

test('check-store says how many values a sound folder has', async () => {
  expect(await run(['check-store', folder])).toMatchObject({
    code: 0,
    out: [expect.stringMatching(/^\d+ values and the index are as they were written\.$/)],
  });
});

test('it names what is damaged, exit code 1', async () => {
  const bytes = await SqliteBytes.open(folder);
  await bytes.write([{ space: 'large', key: 'i3\0logs', bytes: Buffer.from('other') }]);
  await bytes.close();
  const { code, out, err } = await run(['check-store', folder]);
  expect([code, out]).toEqual([1, []]);
  expect(err.join('\n')).toMatch(/"large" "i3 logs" is not what was written .*\(store-damaged\)$/);
});

test('it refuses a folder that another store has open, or without a store', async () => {
  const store = await openStore({ folder });
  expect(await run(['check-store', folder])).toMatchObject({
    code: 1,
    err: [expect.stringContaining('store-in-use')],
  });
  await store.close();
  expect(await run(['check-store', path.join(folder, 'none')])).toMatchObject({ code: 2 });
  expect(await run(['check-store'])).toMatchObject({ code: 2 });
});

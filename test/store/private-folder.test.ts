import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/store/open.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('The folder of a store', () => {
  let parent: string;
  beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'guard-private-'))));
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  test('is accessible to its owner only, like its files and those of a backup', async () => {
    const folder = join(parent, 'store');
    const store = await openStore({ folder });
    await store.users.put({ userName: 'ann', userGroups: [], passwordHash: 'secret' });
    expect(modeOf(folder)).toBe('700');
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(2);
    expect(files.map((file) => modeOf(join(folder, file)))).toEqual(files.map(() => '600'));
    const copy = join(parent, 'copy');
    await store.backup(copy);
    await store.close();
    for (const kept of [folder, copy]) {
      expect(modeOf(kept)).toBe('700');
      for (const file of readdirSync(kept)) expect(modeOf(join(kept, file))).toBe('600');
    }
  });

  test('keeps its permissions if it contains other files', async () => {
    writeFileSync(join(parent, 'something.txt'), '');
    const before = modeOf(join(parent, 'something.txt'));
    const { chmodSync } = await import('node:fs');
    chmodSync(parent, 0o755);
    const store = await openStore({ folder: parent });
    await store.close();
    expect([modeOf(parent), modeOf(join(parent, 'something.txt')), modeOf(join(parent, 'store.db'))]).toEqual(
      ['755', before, '600'],
    );
  });
});

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Guards } from '../support/guards.js';
import { onStores } from '../support/stores.js';
import { Prepared, run } from './running.js';

onStores('files, names and users on the command line', (kind) => {
  const on = new Prepared(new Guards(kind));

  test('a file that is missing or exists already is named, with the cause in words', async () => {
    const missing = path.join(on.folder, 'missing.yaml');
    const said = { code: 1, out: [], err: [`${missing}: there is no such file or folder (ENOENT)`] };
    for (const command of ['check', 'diff', 'apply'])
      expect(await run(['policy', command, missing, ...(command === 'check' ? [] : on.at)])).toEqual(said);
    const there = on.put('there.yaml', '{}');
    expect(await run(['policy', 'export', '--output', there, ...on.at])).toEqual({
      code: 1,
      out: [],
      err: [`${there}: it exists already (EEXIST)`],
    });
    const below = path.join(there, 'below');
    const { code, err } = await run(['models', 'import', below, ...on.at]);
    expect(code).toBe(1);
    expect(err[0]).toContain(below);
  });

  test('mistakes in files of several folders are named with the folder', async () => {
    for (const folder of ['a', 'b']) mkdirSync(path.join(on.folder, folder));
    const [one, other] = ['a', 'b'].map((folder) => on.put(`${folder}/roles.yaml`, 'duty: []\n'));
    const { out } = await run(['policy', 'check', path.join(on.folder, 'a'), path.join(on.folder, 'b')]);
    expect(out.map((line) => line.split(':1:')[0])).toEqual([one, other]);
  });

  test('groups that were left are told, and a comma is part of one name', async () => {
    const added = await run(['user', 'add', 'ann', '--without-password', '--group', 'a,b', ...on.at]);
    expect(added.err[0]).toBe('--group "a,b" is one name with a comma in it; for several, repeat --group.');
    const left = await run(['user', 'groups', 'ann', '--remove', 'a,b', '--remove', 'c', ...on.at]);
    expect([left.code, left.out, left.err.slice(1)]).toEqual([
      0,
      [],
      ['ann has left a,b.', 'ann was not in c.', 'ann is in no group.'],
    ]);
  });

  test('a key for a user whom the store does not have is told of', async () => {
    await run(['user', 'add', 'ann', '--without-password', ...on.at]);
    const { err } = await run(['key', 'create', 'k', '--for-user', 'ann', '--for-user', 'amn', ...on.at]);
    expect(err[0]).toMatch(/^There is no user amn in this store/);
    expect(err[1]).toMatch(/shown only once/);
  });
});

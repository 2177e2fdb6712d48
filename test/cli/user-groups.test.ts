import { openStore, userDirectory, type UserDirectory } from 'bpmn-guard';
import type { leavingSomebody } from '../../src/cli/last-manager.js';
import { Guards } from '../support/guards.js';
import { onStores } from '../support/stores.js';
import { Prepared, run } from './running.js';

interface Module {
  readonly leavingSomebody: typeof leavingSomebody;
}
// Somebody removes the user while the command waits for its turn.
jest.mock('../../src/cli/last-manager.js', () => {
  const real = jest.requireActual<Module>('../../src/cli/last-manager.js');
  const removing: Module['leavingSomebody'] = (store, directory) => async (name, change, make) => {
    await directory.remove(name);
    return real.leavingSomebody(store, directory)(name, change, make);
  };
  return { ...real, leavingSomebody: removing };
});

onStores('the groups of a user who is removed meanwhile', (kind) => {
  const on = new Prepared(new Guards(kind));
  const inStore = async <T>(work: (directory: UserDirectory, audit: any) => Promise<T>): Promise<T> => {
    const store = await openStore(on.place.options);
    try {
      await store.install();
      return await work(userDirectory(store), store.audit);
    } finally {
      await store.close();
    }
  };

  test('are not reported or recorded as changed', async () => {
    await inStore((directory) => directory.add({ userName: 'ann', userGroups: ['hr'] }));
    const { code, out, err } = await run(['user', 'groups', 'ann', '--add', 'ADMIN', ...on.at]);
    expect([code, out, err]).toEqual([1, [], ['There is no user ann any more.']]);
    expect(await inStore((_directory, audit) => audit.find({ limit: 10 }))).toEqual([]);
  });
});

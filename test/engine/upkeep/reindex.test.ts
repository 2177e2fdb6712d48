import { reindex } from '../../../src/engine/upkeep/reindex.js';
import type { HostDefinition } from '../../../src/engine/model/host.js';
import { Guards } from '../../support/guards.js';
import { onStores } from '../../support/stores.js';

const load = async (): Promise<HostDefinition> => ({ nodes: new Map(), processes: new Map() }) as never;

onStores('Reindexing', (kind) => {
  const guards = new Guards(kind);

  test('looks at each instance once, however many there are, and at what could not be read not again', async () => {
    const { store } = await guards.make();
    for (let at = 0; at < 250; at++)
      await store.instances.insert({ id: `i-${at}`, name: 'M', status: 'running', items: [], data: {} });
    const broken = new Set(['i-7', 'i-130']);
    const find = jest.spyOn(store.instances, 'find');
    const count = jest.spyOn(store.instances, 'count');
    const read = async (instance: { id: string }): Promise<HostDefinition> =>
      broken.has(instance.id) ? Promise.reject(new Error('no bpmn')) : load();
    const steps: object[] = [];
    expect(await reindex(store, { load: read, onProgress: (step) => void steps.push(step) })).toBe(false);
    const ids = (await Promise.all(find.mock.results.map(({ value }) => value as Promise<{ id: string }[]>)))
      .flat()
      .map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([250, 250]);
    // At the beginning and at the end, and not after each batch.
    expect(count).toHaveBeenCalledTimes(2);
    expect(steps.at(-1)).toEqual({ done: 248, skipped: 2, left: 2 });
  });
});

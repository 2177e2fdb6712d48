import { Correlation } from '../../../src/engine/execution/correlation.js';
import { HostStore } from '../../../src/engine/execution/host-store.js';
import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import { Turns } from '../../../src/store/turns.js';

test('a signal that a model throws finds all that wait for it, in pages, each within the limits of a query', async () => {
  const instances = new EmbeddedInstances(new MemoryBytes(), new ObjectIds(), new Turns());
  for (let at = 0; at < 1100; at++) {
    const items = [1, 0].map((seq) => ({ id: `${at}-${seq}`, seq, status: 'wait', signalId: 's' }));
    await instances.insert({ id: `i${at}`, status: 'running', items, guard: { rev: 1 } });
  }
  const find = jest.spyOn(instances, 'findItems');
  const delivered = jest.fn(async () => undefined);
  const hostStore = new HostStore({ instances } as never, {} as never, {} as never);
  const runner = { hostStore, contexts: {}, onInstance: delivered };
  const models = { findEvents: async () => [] };
  const reached = await new Correlation(runner as never, models as never, {} as never).signal('s', {}, {});
  expect(new Set(reached.map((one) => (one as { itemId: string }).itemId)).size).toBe(2200);
  expect(delivered).toHaveBeenCalledTimes(2200);
  expect(find.mock.calls.map(([{ limit }]) => limit)).toEqual([2000, 2000]);
  const order = reached.map((one) => (one as { itemId: string }).itemId.split('-')[1]);
  expect(order).toEqual([...order].sort());
});

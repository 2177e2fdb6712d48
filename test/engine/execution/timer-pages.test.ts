import { HostStore } from '../../../src/engine/execution/host-store.js';
import { Timers } from '../../../src/engine/execution/timers.js';
import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import { Turns } from '../../../src/store/turns.js';

afterEach(() => jest.restoreAllMocks());

test('a start reads timers in pages, each within the limits of a query, and arms each once', async () => {
  const instances = new EmbeddedInstances(new MemoryBytes(), new ObjectIds(), new Turns());
  const timeDue = new Date('2999-01-01');
  for (let at = 0; at < 1500; at++) {
    const items = [0, 1, 2].map((seq) => ({ id: `${at}-${seq}`, seq, status: 'wait', timeDue }));
    await instances.insert({ id: `i${at}`, status: 'running', items, guard: { rev: 1 } });
  }
  const find = jest.spyOn(instances, 'findItems');
  const hostStore = new HostStore({ instances } as never, {} as never, {} as never);
  const runner = { hostStore, contexts: { outside: (work: () => unknown) => work() } };
  const timers = new Timers(runner as never, {} as never, {} as never, {} as never, {} as never);
  const arm = jest.spyOn(timers, 'arm').mockReturnValue(() => undefined);
  await timers.resume();
  expect(arm).toHaveBeenCalledTimes(4500);
  const read = find.mock.calls.map(([{ limit }]) => limit);
  expect(read).toEqual([2000, 2000, 2000]);
});

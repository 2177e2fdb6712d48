import { Recovery } from '../../../src/engine/execution/recovery.js';
import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import { Turns } from '../../../src/store/turns.js';

const nothing = (): undefined => undefined;

test('called processes whose caller was never stored are looked for in pages, and all of them are ended', async () => {
  const instances = new EmbeddedInstances(new MemoryBytes(), new ObjectIds(), new Turns());
  const called = { status: 'running', parentItemId: 'gone', startedAt: new Date(0) };
  for (let at = 0; at < 1100; at++) await instances.insert({ ...called, id: `i${at}`, items: [] } as never);
  const find = jest.spyOn(instances, 'find');
  const timers = { after: nothing };
  const logger = { info: nothing, warn: nothing, error: nothing };
  const others = [{}, {}, {}, {}, {}] as never[];
  const recovery = new Recovery(
    {} as never,
    {} as never,
    {} as never,
    timers as never,
    { instances } as never,
    ...(others as [never, never, never, never, never]),
    logger,
    () => Promise.resolve(),
  );
  await recovery.run();
  expect(await instances.count({ filter: { status: 'terminated' } })).toBe(1100);
  const pages = find.mock.calls.filter(([{ filter }]) => 'parentItemId' in filter && 'startedAt' in filter);
  expect(pages.map(([{ limit }]) => limit)).toEqual([500, 500, 500]);
});

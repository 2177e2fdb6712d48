import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { EmbeddedInstances } from '../../../src/store/embedded/instances.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import { Turns } from '../../../src/store/turns.js';

test.each(['', '\ud800', 'a\udc00b'])('an instance needs an id that can be a key: not %j', async (id) => {
  const instances = new EmbeddedInstances(new MemoryBytes(), new ObjectIds(), new Turns());
  await expect(instances.insert({ id, guard: { rev: 1 } })).rejects.toThrow(TypeError);
  expect(await instances.count({ filter: {} })).toBe(0);
});

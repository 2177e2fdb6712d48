import { openStore } from '../../../src/store/open.js';
import type { Store, StoredInstance } from '../../../src/store/port.js';
import { Turns } from '../../../src/store/turns.js';

let store: Store;
beforeEach(async () => (store = await openStore({ memory: true })));
afterEach(async () => {
  jest.restoreAllMocks();
  await store.close();
});

describe('A write that lets others run stores what was there when it began', () => {
  const instance = () => ({ id: 'i1', data: { kept: 'yes' }, source: 'first', guard: { rev: 1 } as never });
  const asStored = async (): Promise<unknown> => {
    const { data, source } = (await store.instances.load('i1')) as StoredInstance;
    return { data, source };
  };

  test('a new instance', async () => {
    jest.spyOn(Turns.prototype, 'isOver').mockReturnValue(true);
    const row = instance();
    const inserted = store.bounded(() => store.instances.insert(row));
    setImmediate(() => Object.assign(row, { data: { kept: 'no' }, source: 'second' }));
    await inserted;
    expect(await asStored()).toEqual({ data: { kept: 'yes' }, source: 'first' });
  });

  test('changed fields, and their large ones', async () => {
    await store.bounded(() => store.instances.insert(instance()));
    jest.spyOn(Turns.prototype, 'isOver').mockReturnValue(true);
    const fields: Record<string, unknown> = { data: { kept: 'yes', more: 1 }, guard: { rev: 2 } };
    const updated = store.bounded(() => store.instances.update('i1', 1, fields));
    setImmediate(() => Object.assign(fields, { data: { kept: 'no' }, source: 'second' }));
    expect(await updated).toBe(true);
    expect(await asStored()).toEqual({ data: { kept: 'yes', more: 1 }, source: 'first' });
  });
});

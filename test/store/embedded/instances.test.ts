import { openStore } from '../../../src/store/open.js';
import type { Store, StoredInstance } from '../../../src/store/port.js';
import { Turns } from '../../../src/store/turns.js';

let store: Store;
beforeEach(async () => (store = await openStore({ memory: true })));
afterEach(async () => {
  jest.restoreAllMocks();
  await store.close();
});

/** Runs a change whenever a write lets others run. */
const changingAtYield = (change: () => void): void => {
  jest.spyOn(Turns.prototype, 'giveWaySince').mockImplementation(async () => change());
};

describe('A write that yields stores what was there when it began:', () => {
  const instance = () => ({ id: 'i1', data: { kept: 'yes' }, source: 'first', guard: { rev: 1 } as never });
  const asStored = async (): Promise<unknown> => {
    const { data, source } = (await store.instances.load('i1')) as StoredInstance;
    return { data, source };
  };

  test('a new instance is stored as it was passed', async () => {
    const row = instance();
    changingAtYield(() => Object.assign(row, { data: { kept: 'no' }, source: 'second' }));
    await store.bounded(() => store.instances.insert(row));
    expect(row.source).toBe('second');
    expect(await asStored()).toEqual({ data: { kept: 'yes' }, source: 'first' });
  });

  test('changed fields, large ones too, are stored as they were passed', async () => {
    await store.bounded(() => store.instances.insert(instance()));
    const fields: Record<string, unknown> = { data: { kept: 'yes', more: 1 }, guard: { rev: 2 } };
    changingAtYield(() => Object.assign(fields, { data: { kept: 'no' }, source: 'second' }));
    expect(await store.bounded(() => store.instances.update('i1', 1, fields))).toBe(true);
    expect(fields.source).toBe('second');
    expect(await asStored()).toEqual({ data: { kept: 'yes', more: 1 }, source: 'first' });
  });
});

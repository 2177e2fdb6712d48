import { openStore, type Store } from 'bpmn-guard';
import { LARGE_FIELDS } from '../../../src/store/query/large-fields.js';
import { placeOfInstance, walk } from '../../../src/store/query/walk.js';
import { lastingPlace, onStores, type Place } from '../../support/stores.js';

const COUNT = 60;
const BEFORE = new Date(7);

onStores('a walk through what ended before a time', (kind) => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = lastingPlace(kind);
    store = await openStore(place.options);
    await store.install();
    for (let n = 0; n < COUNT; n++)
      await store.instances.insert({ id: `i${n}`, status: 'end', endedAt: new Date((n * 7) % 10) });
    // The package itself never writes an `endedAt` that is not a date.
    await store.instances.insert({ id: 'odd', status: 'end', endedAt: 'yesterday' });
    await store.instances.insert({ id: 'none', status: 'end' });
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });

  const found = async (limit: number, each?: (ids: string[]) => Promise<unknown>): Promise<string[]> => {
    const ids: string[] = [];
    const filter = { status: { $in: ['end'] }, endedAt: { $lt: BEFORE } };
    const pages = walk(
      limit,
      (page) => store.instances.find({ filter, without: LARGE_FIELDS, ...page }),
      placeOfInstance,
    );
    for await (const rows of pages) {
      ids.push(...rows.map(({ id }) => id));
      await each?.(rows.map(({ id }) => id));
    }
    return ids;
  };
  const wanted = Array.from({ length: COUNT }, (_, n) => n).filter((n) => (n * 7) % 10 < 7);

  test.each([1, 4, 7, 42, 100])(
    'finds each once, by pages of %d, many of which ended at one time',
    async (limit) => {
      const ids = await found(limit);
      expect(ids).toHaveLength(wanted.length);
      expect(new Set(ids)).toEqual(new Set(wanted.map((n) => `i${n}`)));
    },
  );

  test('goes on behind rows that are removed as they are found', async () => {
    const ids = await found(4, (some) => store.instances.remove(some, {}));
    expect(new Set(ids)).toEqual(new Set(wanted.map((n) => `i${n}`)));
    expect(await store.instances.count({ filter: {} })).toBe(COUNT - wanted.length + 2);
  });

  test('has one page if all instances fit on it', async () => {
    let pages = 0;
    expect(await found(1000, async () => void pages++)).toHaveLength(wanted.length);
    expect(pages).toBe(1);
  });
});

import { MongoClient, type Collection, type Document } from 'mongodb';
import { openStore, type Store } from 'bpmn-guard';
import type { StoredInstance } from '../../../src/store/port.js';
import { lastingPlace, mongoUrl, onMongo, type Place } from '../../support/stores.js';

const stored = (id: string, guard?: StoredInstance['guard']): StoredInstance => ({
  id,
  version: 3,
  status: 'running',
  data: { large: 'x'.repeat(1000), old: 1 },
  items: [
    { id: `${id}-a`, status: 'wait', vars: { one: 1 } },
    { id: `${id}-b`, status: 'wait' },
  ],
  ...(guard && { guard }),
});

onMongo('An update that knows what was read', () => {
  let place: Place;
  let store: Store;
  let client: MongoClient;
  let rows: Collection<Document>;
  beforeAll(async () => {
    place = lastingPlace('mongo');
    store = await openStore(place.options);
    client = await MongoClient.connect(mongoUrl());
    rows = client.db((place.options as { name: string }).name).collection('wf_instances');
  });
  afterAll(async () => {
    await store.close();
    await client.close();
    await place.remove();
  });

  const read = async (
    id: string,
    guard: StoredInstance['guard'] = { rev: 1, format: 3 },
  ): Promise<StoredInstance> => {
    await store.instances.insert(stored(id, guard));
    return (await store.instances.load(id, ['logs'])) as StoredInstance;
  };
  /** What a command makes of it, in the same object. */
  function change(document: StoredInstance): StoredInstance {
    const [first] = document.items ?? [];
    Object.assign(first as object, { status: 'end', vars: {} });
    document.items?.push({ id: `${document.id}-c`, status: 'wait' });
    document.data = { large: 'x'.repeat(1000), new: [1] };
    document.version = 4;
    document.guard = { ...document.guard, rev: (document.guard?.rev ?? 0) + 1 };
    return document;
  }
  const write = (
    document: StoredInstance,
    rev: number | undefined,
    lines: unknown[] = [],
  ): Promise<boolean> => {
    const { _id, id, ...fields } = change(document);
    return store.instances.update(id, rev, fields, { lines, most: 10 }, document);
  };
  const shouldBe = (id: string): unknown => ({
    ...change(stored(id, { rev: 1, format: 3 })),
    _id: expect.anything() as unknown,
  });

  test('stores what one that does not know it stores, also what was removed', async () => {
    const document = await read('same');
    expect(await write(document, 1)).toBe(true);
    expect(await store.instances.load('same')).toEqual(shouldBe('same'));
  });

  test('adds to the log as well, whether there is one or not', async () => {
    for (const [id, logs] of Object.entries({ list: ['a'], none: undefined, text: 'a' })) {
      const document = await read(id);
      if (logs !== undefined) await rows.updateOne({ id }, { $set: { logs } });
      expect(await write(document, 1, ['b'])).toBe(true);
      const expected = id === 'list' ? ['a', 'b'] : ['b'];
      expect(await store.instances.load(id)).toEqual({ ...(shouldBe(id) as object), logs: expected });
    }
  });

  test('stores nothing after another guard has written', async () => {
    const document = await read('guard');
    await store.instances.update('guard', 1, { guard: { rev: 2, format: 3 } });
    expect(await write(document, 1)).toBe(false);
    expect(await store.instances.load('guard')).toMatchObject({ version: 3, guard: { rev: 2 } });
  });

  test.each([
    ['and has fields of the guard', { rev: 1, format: 3 }, 1],
    ['and has none', undefined, undefined],
  ])(
    'stores nothing after a host without a guard has changed another field %s',
    async (_what, guard, rev) => {
      const id = `host-${rev}`;
      await store.instances.insert(stored(id, guard));
      const document = (await store.instances.load(id)) as StoredInstance;
      // As bpmn-server saves an instance.
      await rows.updateOne({ id }, { $set: { version: 4, 'data.theirs': true } });
      expect(await write(document, rev)).toBe(false);
      expect(await store.instances.load(id)).toMatchObject({ data: { theirs: true, old: 1 }, version: 4 });
    },
  );

  test.each([
    ['another entry', { $push: { items: { id: 'theirs', status: 'wait' } } }],
    ['another state of an entry', { $set: { 'items.0.status': 'theirs' } }],
    ['an entry in place of another', { $set: { 'items.0.id': 'theirs' } }],
  ] as const)(
    'stores nothing where a host without a guard has stored %s of a list at its first save, which leaves its version',
    async (what, change) => {
      const id = `first save, ${what}`;
      const document = await read(id);
      const [item, ...others] = document.items ?? [];
      await rows.updateOne({ id }, change as Document);
      const changed = { items: [{ ...item, assignee: 'ours' }, ...others], guard: { rev: 2, format: 3 } };
      expect(await store.instances.update(id, 1, changed as never, undefined, document)).toBe(false);
      expect(JSON.stringify((await store.instances.load(id))?.items)).not.toContain('ours');
    },
  );

  test('stores nothing where somebody has put another value in place of a document', async () => {
    const document = await read('shape');
    await rows.updateOne({ id: 'shape' }, { $set: { data: 'text' } });
    expect(await write(document, 1)).toBe(false);
    expect(await store.instances.load('shape')).toMatchObject({ data: 'text', version: 3 });
  });

  test('leaves nothing behind of the marks that others have derived anew meanwhile', async () => {
    for (const format of [2, 3]) {
      const id = `marked-${format}`;
      const document = await read(id, { rev: 1, format, open: ['|u:a'] });
      const theirs = { rev: 1, format: 3, open: ['|u:a', '|d:x'], dataPaths: ['x'] };
      const items = (document.items ?? []).map((item) => ({ ...item, guard: { closed: true as const } }));
      await store.instances.update(id, 1, format === 2 ? { guard: theirs, items } : { guard: theirs });
      const next = { rev: 2, format: 3, open: ['|u:a'] };
      const fields = { guard: next, items: document.items };
      expect(await store.instances.update(id, 1, fields, undefined, document)).toBe(true);
      expect(await store.instances.load(id)).toMatchObject({ guard: next, items: document.items });
      expect(Object.keys((await store.instances.load(id))?.guard ?? {})).toEqual(Object.keys(next));
      expect((await store.instances.load(id))?.items?.some((item) => 'guard' in item)).toBe(false);
    }
  });

  test('removes what another write of its own added', async () => {
    const document = await read('twice');
    await store.instances.update('twice', 1, { guard: { rev: 2, format: 3, added: 1 } }, undefined, document);
    const next = { rev: 3, format: 3 };
    expect(await store.instances.update('twice', 2, { guard: next }, undefined, document)).toBe(true);
    expect((await store.instances.load('twice'))?.guard).toEqual(next);
  });

  test('that was refused, since another has written, is not taken for one that was made', async () => {
    const document = await read('refused');
    const guard = { rev: 2, format: 3 };
    expect(await store.instances.update('refused', 1, { data: { by: 'other' }, guard })).toBe(true);
    for (const rev of [1, 7])
      expect(
        await store.instances.update('refused', rev, { data: { by: 'me' }, guard }, undefined, document),
      ).toBe(false);
    const next = { data: { by: 'me' }, guard: { rev: 3, format: 3 } };
    expect(await store.instances.update('refused', 2, next, undefined, document)).toBe(true);
    expect(await store.instances.load('refused')).toMatchObject(next);
  });
});

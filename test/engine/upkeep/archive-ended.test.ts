import { MongoClient } from 'mongodb';
import { archiveEnded } from '../../../src/engine/upkeep/archive-ended.js';
import { openStore, type Store } from 'bpmn-guard';
import { BadInput } from '../../../src/core/errors.js';
import type { StoredInstance } from '../../../src/store/port.js';
import { openSource, type Lasting } from '../../../src/store/contents/open-contents.js';
import { lastingPlace, mongoUrl, onMongo, onStores, type Place } from '../../support/stores.js';

const BEFORE = new Date('2030-01-01');
const OLD = new Date('2029-12-31T23:59:59.999Z');

const ended = (id: string, more: object = {}): StoredInstance => ({
  id,
  status: 'end',
  endedAt: OLD,
  items: [],
  logs: [id],
  guard: { rev: 1 },
  ...more,
});
const caller = (id: string, more: object = {}): StoredInstance =>
  ended(id, { items: [{ id: `${id}-call`, type: 'bpmn:CallActivity' }], ...more });
const running = { status: 'running', endedAt: null };

onStores('Archiving ended instances', (kind) => {
  let place: Place;
  let store: Store;
  beforeEach(async () => {
    place = lastingPlace(kind);
    store = await openStore(place.options);
    await store.install();
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });
  const put = async (...documents: StoredInstance[]): Promise<void> =>
    void (await Promise.all(documents.map((document) => store.instances.insert(document))));
  const left = async (): Promise<string[]> =>
    (await store.instances.find({ filter: {} })).map(({ id }) => id).sort();
  /** The archive, which only a look past the interface shows; closes the store. */
  async function archived(): Promise<Readonly<Record<string, unknown>>[]> {
    await store.close();
    const contents = await openSource(place.options as Lasting);
    const found: Readonly<Record<string, unknown>>[] = [];
    for await (const { document } of contents.read('archive')) found.push(document);
    await contents.close();
    return found.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  }

  test('keeps instances that are too large for the archive, and continues with the others', async () => {
    await put(ended('a'), ended('b'), ended('c'));
    const { archive } = store.instances;
    jest.spyOn(store.instances, 'archive').mockImplementation(async (documents) => {
      if (documents[0]?.id === 'b') throw new BadInput('too-large', 'The document is too large.');
      return archive.call(store.instances, documents);
    });
    const done = await archiveEnded(store.instances, { before: BEFORE });
    expect(done).toMatchObject({ archived: 2, tooLarge: 1, complete: true });
    expect(await left()).toEqual(['b']);
  });

  test('moves what ended before the time, whole, and leaves everything else', async () => {
    await put(
      ended('a'),
      ended('b', { status: 'terminated' }),
      ended('unguarded', { guard: undefined }),
      ended('on-time', { endedAt: BEFORE }),
      ended('running', running),
      ended('unfinished', { guard: { rev: 1, unfinished: true } }),
    );
    const done = await archiveEnded(store.instances, { before: BEFORE });
    expect(done).toEqual({
      archived: 3,
      kept: 0,
      changed: 0,
      tooLarge: 0,
      total: 3,
      complete: true,
    });
    expect(await left()).toEqual(['on-time', 'running', 'unfinished']);
    const copies = await archived();
    expect(copies.map(({ id }) => id)).toEqual(['a', 'b', 'unguarded']);
    expect(copies[0]).toMatchObject({ logs: ['a'], endedAt: OLD });
  });

  test('keeps the instances of a case if one of its processes has not ended by then', async () => {
    await put(
      caller('top', running),
      ended('child', { parentItemId: 'top-call', guard: { rev: 1, root: 'top' } }),
      caller('above'),
      caller('between', { parentItemId: 'above-call', guard: { rev: 1, root: 'above' } }),
      ended('below', { ...running, parentItemId: 'between-call', guard: { rev: 1, root: 'above' } }),
      ended('host', { guard: { rev: 1, processes: ['added'] } }),
      ended('added', { endedAt: BEFORE, guard: { rev: 1, addedTo: 'host' } }),
      caller('whole'),
      ended('part', { parentItemId: 'whole-call', guard: { rev: 1, root: 'whole' } }),
      ended('orphan', { guard: { rev: 1, root: 'gone' } }),
    );
    const done = await archiveEnded(store.instances, { before: BEFORE });
    expect(done).toMatchObject({ archived: 3, kept: 4, complete: true });
    expect(await left()).toEqual(['above', 'added', 'below', 'between', 'child', 'host', 'top']);
  });

  test('a dry run counts the same, and changes nothing', async () => {
    await put(ended('a'), ended('b'), caller('top', running), ended('c', { guard: { rev: 1, root: 'top' } }));
    const dry = await archiveEnded(store.instances, { before: BEFORE, dryRun: true });
    expect(dry).toMatchObject({ archived: 2, kept: 1, complete: true });
    expect(await left()).toEqual(['a', 'b', 'c', 'top']);
    expect(await archived()).toEqual([]);
  });

  test('stops after a batch when it is interrupted, and continues the next time', async () => {
    await put(...Array.from({ length: 250 }, (_, at) => ended(`i${at}`)));
    const controller = new AbortController();
    const progress: number[] = [];
    const stopped = await archiveEnded(store.instances, {
      before: BEFORE,
      signal: controller.signal,
      onProgress: (now) => {
        progress.push(now.archived);
        controller.abort();
      },
    });
    expect([progress, stopped]).toEqual([[100], expect.objectContaining({ archived: 100, complete: false })]);
    expect(await archiveEnded(store.instances, { before: BEFORE })).toMatchObject({
      archived: 150,
      total: 150,
      complete: true,
    });
    expect(await archived()).toHaveLength(250);
  });

  test('an instance that somebody changes between the copy and the removal stays', async () => {
    await put(ended('a'), ended('b'));
    const copy = store.instances.archive.bind(store.instances);
    const instances = Object.create(store.instances, {
      archive: {
        value: async (documents: StoredInstance[]) => {
          await copy(documents);
          if (documents[0]?.id === 'a')
            await store.instances.update('a', 1, { data: { later: true }, guard: { rev: 2 } });
        },
      },
    }) as Store['instances'];
    const done = await archiveEnded(instances, { before: BEFORE });
    expect(done).toMatchObject({ archived: 1, changed: 1 });
    expect(await left()).toEqual(['a']);
  });

  test('one that was copied by a process that ended before it removed it is archived once', async () => {
    await put(ended('a'));
    await store.instances.archive([(await store.instances.load('a')) as StoredInstance]);
    expect(await archiveEnded(store.instances, { before: BEFORE })).toMatchObject({ archived: 1 });
    expect(await left()).toEqual([]);
    expect(await archived()).toHaveLength(1);
  });
});

onMongo('An ended instance that another program stored under an id of its own', () => {
  test('is archived once, also by a run after one that ended between the two writes', async () => {
    const place = lastingPlace('mongo');
    const store = await openStore(place.options);
    await store.install();
    const client = await MongoClient.connect(mongoUrl());
    const database = client.db((place.options as { name: string }).name);
    await database.collection('wf_instances').insertOne({ ...ended('a'), _id: 'own' as never });
    const remove = jest.spyOn(store.instances, 'remove').mockResolvedValueOnce(0);
    for (let run = 0; run < 2; run++) await archiveEnded(store.instances, { before: BEFORE });
    expect(remove).toHaveBeenCalledTimes(2);
    expect(await store.instances.count({ filter: {} })).toBe(0);
    const archive = await database.collection('wf_archive').find().toArray();
    expect(archive.map(({ id }) => id as unknown)).toEqual(['a']);
    await client.close();
    await store.close();
    await place.remove();
  });
});

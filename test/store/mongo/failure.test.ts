import { deserialize, Long, type Document } from 'bson';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '../../../src/store/open.js';
import type { HeldLock, Store } from '../../../src/store/port.js';
import { patiently, PATIENCE } from '../../support/stores.js';
import { describeMongo, dropDatabase, MONGO_DB_URL, randomName, withClient } from '../mongo-server.js';

const refusal = async (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => Promise.reject(new Error('not refused')),
    (error: unknown) => error as Error,
  );

test('an unreachable server is reported without its address and password', async () => {
  const error = await refusal(
    openStore({ url: 'mongodb://admin:secret@127.0.0.1:1/?authSource=admin', name: 'x', timeout: 300 }),
  );
  expect(error).toMatchObject({ code: 'store-unavailable', status: 503, name: 'CouldNotTell' });
  expect(error.message).not.toMatch(/secret|admin|127\.0\.0\.1|mongodb/);
});

test.each(['http://admin:secret@h', 'mongodb://admin:secret@', 'secret', 'mongodb://h/?secret=1'])(
  'an invalid MongoDB URL is a configuration error that does not repeat it: %s',
  async (url) => {
    const error = await refusal(openStore({ url, name: 'x', timeout: 300 }));
    expect(error).toMatchObject({ code: 'bad-configuration' });
    expect(error.message).not.toMatch(/secret/);
  },
);

test('without the driver the error says what to install', async () => {
  jest.resetModules();
  jest.doMock('mongodb', () => {
    throw Object.assign(new Error("Cannot find module 'mongodb'"), { code: 'MODULE_NOT_FOUND' });
  });
  const fresh = (await import('../../../src/store/open.js')) as { openStore: typeof openStore };
  const error = await refusal(fresh.openStore({ url: 'mongodb://127.0.0.1:1', name: 'x', timeout: 300 }));
  jest.dontMock('mongodb');
  expect(error).toMatchObject({
    code: 'bad-configuration',
    message: expect.stringMatching(/npm install mongodb/) as unknown,
  });
});

/** A wire to the server that can be cut, or fall silent, in the middle of a call. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private silent = false;
  private cutting = false;
  private constructor(private readonly server: Server) {}

  static async open(target: URL): Promise<Wire> {
    const server = createServer();
    const wire = new Wire(server);
    server.on('connection', (near) => {
      const far = connect(Number(target.port || 27017), target.hostname);
      for (const socket of [near, far])
        socket.on('error', () => undefined).on('close', () => [near, far].forEach((end) => end.destroy()));
      near.on('data', (bytes) => far.write(bytes));
      far.on('data', (bytes) => wire.answer(near, bytes));
      wire.sockets.add(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  private answer(near: Socket, bytes: Buffer): void {
    if (this.cutting) near.destroy();
    else if (!this.silent) near.write(bytes);
  }

  get url(): string {
    return `mongodb://127.0.0.1:${(this.server.address() as AddressInfo).port}/?directConnection=true`;
  }
  /** What is sent arrives; the connection breaks when the answer comes. */
  cut = (): void => void (this.cutting = true);
  mute = (): void => void (this.silent = true);
  repair = (): void => void (this.cutting = this.silent = false);
  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

describeMongo('MongoDB that fails, or is used by others', () => {
  const name = randomName();
  let wire: Wire;
  /** Over the wire: `store` waits as long as a busy machine takes, `hasty` gives up soon. */
  let store: Store;
  let hasty: Store;
  beforeAll(async () => {
    wire = await Wire.open(new URL(MONGO_DB_URL as string));
    store = await openStore({ url: wire.url, name, timeout: PATIENCE });
    hasty = await patiently(() => openStore({ url: wire.url, name, timeout: 1500 }));
  });
  afterAll(async () => {
    await hasty.close();
    await store.close();
    await wire.close();
    await dropDatabase(name);
  });

  test('missing indexes are named until they are created', async () => {
    expect(await store.missingIndexes()).toEqual(
      expect.arrayContaining([
        'wf_instances.id_1',
        'wf_instances.items.id_1',
        'wf_locks.id_1',
        'wf_models.name_1_owner_1',
        'wf_instances.guard.open_1__id_-1',
        'wf_instances.guard.read_1__id_-1',
      ]),
    );
    await withClient((client) =>
      client.db(name).collection('wf_locks').createIndex({ id: 1 }, { name: 'hosts_own', unique: true }),
    );
    await store.install();
    expect(await store.missingIndexes()).toEqual([]);
  });

  test('a write whose answer is lost is reported as unknown, and not repeated', async () => {
    await store.instances.insert({ id: 'lost', guard: { rev: 1 } });
    wire.cut();
    const error = await refusal(store.instances.update('lost', 1, { guard: { rev: 2 }, name: 'written' }));
    wire.repair();
    expect(error).toMatchObject({ code: 'store-unavailable', status: 503 });
    expect(error.message).not.toMatch(/127\.0\.0\.1|\d{4}/);
    expect([1, 2]).toContain((await store.instances.load('lost'))?.guard?.rev);
  });

  test.each<[what: string, call: () => Promise<unknown>]>([
    ['ping', () => hasty.ping()],
    ['find', () => hasty.instances.find({ filter: {} })],
    ['findItems', () => hasty.instances.findItems({ before: {}, each: {}, needsAll: false, limit: 1 })],
    ['insert', () => hasty.instances.insert({ id: 'mute' })],
    ['acquire', () => hasty.locks.acquire('mute', { host: 'h', pid: 1, nonce: 'n' }, new Date(), () => true)],
  ])('a server that does not answer %s in time gives "could not tell"', async (_, call) => {
    wire.mute();
    const error = await refusal(call());
    wire.repair();
    expect(error).toMatchObject({ code: 'store-unavailable' });
  });

  test('an unguarded host keeps its lock until it is stale, and one of many takes it over', async () => {
    const locks = await withClient(async (client) => {
      await client
        .db(name)
        .collection('wf_locks')
        .insertOne({ id: 'host', server: null, time: new Date(0) });
      const owner = (nonce: string) => ({ host: 'h', pid: 1, nonce });
      const seen: HeldLock[] = [];
      expect(await store.locks.acquire('host', owner('a'), new Date(), (held) => seen.push(held) < 0)).toBe(
        false,
      );
      expect(seen).toEqual([{ id: 'host', owner: undefined, time: new Date(0), until: undefined }]);
      const takers = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          store.locks.acquire('host', owner(`${i}`), new Date(), ({ until }) => until === undefined),
        ),
      );
      expect(takers.filter(Boolean)).toHaveLength(1);
      return client.db(name).collection('wf_locks').find({ id: 'host' }).toArray();
    });
    expect(locks).toEqual([
      {
        _id: expect.anything() as unknown,
        id: 'host',
        server: 'h:1',
        time: expect.any(Date) as unknown,
        guard: {
          owner: expect.objectContaining({ host: 'h', pid: 1 }) as unknown,
          until: expect.any(Date) as unknown,
        },
      },
    ]);
  });

  test('documents stored by the host are found and updated without a revision', async () => {
    await withClient((client) =>
      client.db(name).collection('wf_instances').insertOne({ id: 'legacy', name: 'n', items: [] }),
    );
    expect(await store.instances.update('legacy', undefined, { guard: { rev: 1 } })).toBe(true);
    expect(await store.instances.update('legacy', undefined, { guard: { rev: 9 } })).toBe(false);
  });

  test('names of collections can be configured', async () => {
    const other = await openStore({
      url: MONGO_DB_URL as string,
      name,
      timeout: PATIENCE,
      collections: { instances: 'my_instances', users: 'my_users' },
    });
    await other.instances.insert({ id: 'here' });
    await other.users.put({ userName: 'u', userGroups: [] });
    await other.close();
    expect(
      await withClient((client) =>
        Promise.all(
          ['my_instances', 'my_users'].map((collection) =>
            client.db(name).collection(collection).countDocuments(),
          ),
        ),
      ),
    ).toEqual([1, 1]);
    expect(await store.instances.load('here')).toBeUndefined();
  });

  test('an index that cannot be created is named with the reason', async () => {
    const database = randomName();
    const install = async (): Promise<unknown> => {
      const other = await openStore({ url: MONGO_DB_URL as string, name: database, timeout: PATIENCE });
      return other
        .install()
        .catch((error: unknown) => error)
        .finally(() => other.close());
    };
    await withClient((client) =>
      client
        .db(database)
        .collection('wf_locks')
        .insertMany([{ id: 'a' }, { id: 'a' }]),
    );
    expect(await install()).toMatchObject({
      code: 'bad-configuration',
      message: expect.stringContaining('wf_locks.id_1 cannot be created: several documents') as unknown,
    });
    await dropDatabase(database);
    await withClient((client) => client.db(database).collection('wf_locks').createIndex({ id: 1 }));
    expect(await install()).toMatchObject({
      code: 'bad-configuration',
      message: expect.stringContaining(
        'wf_locks.id_1 cannot be created: an index with other options',
      ) as unknown,
    });
    await dropDatabase(database);
  });

  test('a backup is BSON, and data that looks like extended JSON stays what it is', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guard-bson-'));
    const data = {
      at: new Date(5),
      n: 1,
      half: 0.5,
      long: Long.fromString('9007199254740993'),
      x: { $oid: 'no id' },
      y: { $date: '2020-01-01T00:00:00Z' },
    };
    await store.instances.insert({ id: 'backed-up', data });
    const { files, documents } = await store.backup(folder);
    expect([files, (await readdir(folder)).length]).toEqual([10, 10]);
    const file = await readFile(path.join(folder, 'wf_instances.bson'));
    const rows: Document[] = [];
    for (let at = 0; at < file.length; at += file.readInt32LE(at))
      rows.push(deserialize(file.subarray(at, at + file.readInt32LE(at))));
    expect(rows.length).toBeLessThanOrEqual(documents);
    expect(rows).toEqual(
      await withClient((client) =>
        client
          .db(name)
          .collection('wf_instances')
          .find({}, { sort: { _id: 1 } })
          .toArray(),
      ),
    );
    expect(rows.find(({ id }) => id === 'backed-up')).toMatchObject({ data });
    await rm(folder, { recursive: true });
  });
});

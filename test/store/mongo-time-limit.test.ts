import { deserialize, serialize, type Document } from 'bson';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createGuard } from 'bpmn-guard';
import { MongoClient, type CommandStartedEvent } from 'mongodb';
import { openStore } from '../../src/store/open.js';
import type { Store } from '../../src/store/port.js';
import { ADMIN_USER, person, SILENT, waitingTask } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { describeMongo, dropDatabase, MONGO_DB_URL, randomName } from './mongo-server.js';

const TIMEOUT = 40_000;
const QUERIES = ['find', 'aggregate', 'distinct', 'count'];
const OP_MSG = 2013;
const HEADER = 16;
/** Behind the flags, and the kind of the one section. */
const BODY = HEADER + 5;

/** A server that answers queries with an error of its own, while it is told one; all else is the real server's. */
class RefusingServer {
  refusal: Document | undefined;
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static async open(target: URL): Promise<RefusingServer> {
    const server = createServer();
    const refusing = new RefusingServer(server);
    server.on('connection', (near) => {
      const far = connect(Number(target.port || 27017), target.hostname);
      for (const socket of [near, far])
        socket.on('error', () => undefined).on('close', () => [near, far].forEach((one) => one.destroy()));
      far.on('data', (bytes) => near.write(bytes));
      let waiting = Buffer.alloc(0);
      near.on('data', (bytes) => {
        waiting = Buffer.concat([waiting, bytes]);
        while (waiting.length >= HEADER && waiting.length >= waiting.readInt32LE(0)) {
          const message = waiting.subarray(0, waiting.readInt32LE(0));
          waiting = waiting.subarray(message.length);
          const answer = refusing.answerTo(message);
          if (answer === undefined) far.write(message);
          else near.write(answer);
        }
      });
      refusing.sockets.add(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return refusing;
  }

  private answerTo(message: Buffer): Buffer | undefined {
    if (this.refusal === undefined || message.readInt32LE(12) !== OP_MSG) return undefined;
    const [command] = Object.keys(deserialize(message.subarray(BODY)));
    if (command === undefined || !QUERIES.includes(command)) return undefined;
    const body = serialize(this.refusal);
    const answer = Buffer.alloc(BODY + body.length);
    answer.writeInt32LE(answer.length, 0);
    answer.writeInt32LE(message.readInt32LE(4), 8);
    answer.writeInt32LE(OP_MSG, 12);
    answer.set(body, BODY);
    return answer;
  }

  get url(): string {
    return `mongodb://127.0.0.1:${(this.server.address() as AddressInfo).port}/?directConnection=true&monitorCommands=true`;
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** All ways in which the store asks for what may be much. */
const ASKING: [what: string, ask: (store: Store) => Promise<unknown>][] = [
  ['instances', (store) => store.instances.find({ filter: { name: 'M' }, limit: 2 })],
  ['instances in an order', (store) => store.instances.find({ filter: {}, sort: [['name', 1]] })],
  [
    'instances by many marks',
    ({ instances }) =>
      instances.find({
        filter: {},
        marks: { field: 'guard.read', anyOf: Array.from({ length: 400 }, (_, at) => `|u:${at}`) },
      }),
  ],
  ['their number', (store) => store.instances.count({ filter: { name: 'M' } })],
  ['whether there is one', (store) => store.instances.exists({ filter: { name: 'M' } })],
  ['values of a field', (store) => store.instances.distinct('name', { filter: {} })],
  [
    'items, newest first',
    (store) => store.instances.findItems({ before: {}, each: {}, needsAll: false, limit: 1 }),
  ],
  [
    'items in an order',
    (store) => store.instances.findItems({ before: {}, each: {}, needsAll: true, sort: [['items.seq', 1]] }),
  ],
  ['the number of items', (store) => store.instances.countItems({ before: {}, each: {}, needsAll: false })],
  ['one instance', (store) => store.instances.load('none')],
  ['models', (store) => store.models.find({})],
];

describeMongo('The time that a query may take on MongoDB', () => {
  const name = randomName();
  const commands: CommandStartedEvent[] = [];
  let server: RefusingServer;
  let store: Store;
  beforeAll(async () => {
    server = await RefusingServer.open(new URL(MONGO_DB_URL as string));
    const opened = jest.spyOn(MongoClient.prototype, 'connect');
    store = await openStore({ url: server.url, name, timeout: TIMEOUT });
    const client = opened.mock.contexts.at(-1) as MongoClient;
    opened.mockRestore();
    client.on('commandStarted', (event) => commands.push(event));
    await store.install();
    await store.instances.insert({ id: 'one', name: 'M', items: [{ id: 'one-0', seq: 0 }] });
  });
  beforeEach(() => {
    commands.length = 0;
  });
  afterAll(async () => {
    await store.close();
    await server.close();
    await dropDatabase(name);
  });

  const limits = (): [command: string, limit: unknown][] =>
    commands
      .filter(({ commandName }) => QUERIES.includes(commandName))
      .map(({ commandName, command }) => [commandName, (command as Document).maxTimeMS]);

  /** Less than the call is waited for, so that the server's answer comes first. */
  function expectLimited(): void {
    expect(limits()).not.toEqual([]);
    for (const [command, limit] of limits()) expect([command, limit]).toEqual([command, TIMEOUT * 0.8]);
  }

  test.each(ASKING)('goes with the query for %s', async (_what, ask) => {
    await ask(store);
    expectLimited();
  });

  test('goes with every query of a guard that starts, lists, completes, counts and decides', async () => {
    const shared = Object.create(store, { close: { value: async () => undefined } }) as Store;
    const guard = await createGuard({ store: shared, env: {}, logger: SILENT });
    const ann = person('ann');
    const source = model([start(), task('t', { assignee: 'ann' }), end()]);
    await guard.api.model.save('Limited', source, null, ADMIN_USER);
    const { id } = await guard.api.engine.start('Limited', {}, ann);
    const { id: itemId } = await waitingTask(guard, 't', id);
    await guard.can(ann, 'task:execute', { item: { id: itemId } });
    await guard.api.data.find({ filter: {}, limit: 1, getTotalCount: true } as never, ann);
    await guard.api.data.findInstances({ name: 'Limited' }, ann);
    await guard.api.tasks.count(undefined, ann);
    await guard.api.tasks.complete(itemId, {}, ann);
    await guard.health();
    await guard.close();
    expectLimited();
    expect(new Set(limits().map(([command]) => command))).toEqual(new Set(['find', 'aggregate', 'distinct']));
  });

  test('does not apply to writes', async () => {
    await store.instances.update('one', undefined, { name: 'N' });
    expect(commands.map(({ command }) => Object.hasOwn(command as Document, 'maxTimeMS'))).toEqual([false]);
  });

  test.each(ASKING)('exceeded gives "too-expensive" for %s', async (_, ask) => {
    server.refusal = {
      ok: 0,
      code: 50,
      codeName: 'MaxTimeMSExpired',
      errmsg: 'operation exceeded time limit',
    };
    const error: unknown = await ask(store).then(
      () => 'answered',
      (reason: unknown) => reason,
    );
    server.refusal = undefined;
    expect(error).toMatchObject({ code: 'too-expensive', status: 400, name: 'BadInput' });
  });
});

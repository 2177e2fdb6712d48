import * as bpmn from 'bpmn-server';
import { OPERATIONS, type Guard } from 'bpmn-guard';
import { MANIFEST, type Coverage } from '../../src/engine/enforcement/manifest.js';
import { ADMIN_USER, Guards, person, refusal } from '../support/guards';
import { onStores } from '../support/stores';
import { end, model, start, task } from '../leaks/models';

type Members = Record<string, unknown>;
const host = bpmn as unknown as Record<string, { prototype: object }>;

/** Which classes of the host stand behind an entry of the manifest. */
const CLASSES: Record<string, string[]> = {
  APIEngine: ['APIEngine'],
  APIData: ['APIData'],
  APIModel: ['APIModel'],
  Engine: ['Engine'],
  DataStore: ['DataStore'],
  ModelsDatastore: ['ModelsDatastore', 'ModelsDatastoreDB'],
  CacheManager: ['CacheManager', 'NoCacheManager'],
  Cron: ['Cron'],
  InstanceLocker: ['InstanceLocker'],
  MongoDB: ['MongoDB'],
  BPMNServer: ['BPMNServer'],
  ServerComponent: ['ServerComponent'],
};

const own = (target: object): string[] =>
  Object.getOwnPropertyNames(target).filter(
    (name) => !['constructor', 'length', 'name', 'prototype'].includes(name),
  );

/** A server of the host that is never started. */
function unstarted(): any {
  const quiet = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const make = (name: string) => (server: unknown) => new (host[name] as any)(server);
  const configuration = {
    database: { MongoDB: { db_url: 'mongodb://nowhere', db: 'none' } },
    dataStore: make('DataStore'),
    definitions: make('ModelsDatastore'),
    cacheManager: make('CacheManager'),
    appDelegate: make('DefaultAppDelegate'),
    scriptHandler: make('ScriptHandler'),
  };
  const server = new (bpmn.BPMNServer as any)(configuration, new (bpmn.Logger as any)({ toConsole: false }), {
    cron: false,
  });
  quiet.mockRestore();
  return server;
}

/** Own members of the prototypes and statics, and of the one instance there is of each. */
function membersOfHost(): Record<string, Set<string>> {
  const server = unstarted();
  const instances: Record<string, object> = {
    Engine: {},
    DataStore: server.dataStore,
    ModelsDatastore: server.definitions,
    InstanceLocker: server.dataStore.locker,
    MongoDB: server.dataStore.db,
    BPMNServer: server,
  };
  return Object.fromEntries(
    Object.entries(CLASSES).map(([entry, classes]) => {
      const ofClasses = classes.flatMap((name) => [
        ...own((host[name] as { prototype: object }).prototype),
        ...own(host[name] as object),
      ]);
      const inherited = entry === 'ServerComponent' ? ['server'] : [];
      return [
        entry,
        new Set([
          ...ofClasses,
          ...own(instances[entry] ?? {}).filter((name) => entry === 'BPMNServer' || name !== 'server'),
          ...inherited,
        ]),
      ];
    }),
  );
}

const entries = (): [string, string, Coverage][] =>
  Object.entries(MANIFEST).flatMap(([name, members]) =>
    Object.entries(members).map(
      ([member, coverage]) => [name, member, coverage] as [string, string, Coverage],
    ),
  );

describe('the manifest and the installed host', () => {
  const there = membersOfHost();

  test('every class of the host that reads or changes data has an entry', () => {
    expect(Object.keys(MANIFEST).sort()).toEqual(Object.keys(CLASSES).sort());
  });

  test.each(Object.keys(CLASSES))('%s: every method and data member has an entry', (name) => {
    const members = [...(there[name] as Set<string>)];
    expect(members.length).toBeGreaterThan(1);
    expect(members.filter((member) => !Object.hasOwn(MANIFEST[name] as object, member))).toEqual([]);
  });

  test.each(Object.keys(CLASSES))('%s: every entry names something that the host has', (name) => {
    expect(Object.keys(MANIFEST[name] as object).filter((member) => !there[name]?.has(member))).toEqual([]);
  });

  test('the data members through which everything can be reached are among them', () => {
    expect(MANIFEST.DataStore).toHaveProperty('db');
    expect(MANIFEST.DataStore).toHaveProperty('locker');
    expect(MANIFEST.DataStore).toHaveProperty('dbConfiguration');
    expect(MANIFEST.CacheManager).toHaveProperty('liveInstances');
  });

  test('every operation of an entry is in the catalogue', () => {
    const operations = entries().flatMap(([, , coverage]) =>
      'operation' in coverage ? [coverage.operation] : [],
    );
    expect(operations.length).toBeGreaterThan(40);
    expect(operations.filter((operation) => !Object.hasOwn(OPERATIONS, operation))).toEqual([]);
  });

  test('every part has its own entry', () => {
    expect(
      entries().flatMap(([, , coverage]) =>
        'part' in coverage && !(coverage.part in MANIFEST) ? [coverage.part] : [],
      ),
    ).toEqual([]);
  });
});

/** Where an entry of the manifest is found behind the façade. */
const PLACES: Record<string, (guard: Guard) => Members> = {
  APIEngine: (guard) => guard.api.engine as never,
  APIData: (guard) => guard.api.data as never,
  APIModel: (guard) => guard.api.model as never,
  BPMNServer: (guard) => guard.server as never,
  Engine: (guard) => guard.server.engine as never,
  DataStore: (guard) => guard.server.dataStore as never,
  ModelsDatastore: (guard) => guard.server.definitions as never,
  CacheManager: (guard) => guard.server.cache as never,
  Cron: (guard) => guard.server.cron as never,
  InstanceLocker: (guard) => (guard.server.dataStore as never as Members).locker as never,
  MongoDB: (guard) => (guard.server.dataStore as never as Members).db as never,
};
const FACADES = Object.keys(PLACES).filter((name) => !name.startsWith('API'));

const SECRET = 'the-secret-of-alice';
const SOURCE = model([start('begin'), task(SECRET, 'camunda:assignee="alice"'), end('over')], {
  process: 'camunda:candidateStarterUsers="alice"',
});
const alice = person('alice');
const eve = person('eve');

interface Ids {
  readonly id: string;
  readonly itemId: string;
}

/** For each enforced member, the arguments with which somebody would reach alice's instance; the user is left out. */
const ARGUMENTS: Record<string, Record<string, (ids: Ids) => unknown[]>> = {
  APIEngine: {
    start: () => ['Secret', {}],
    invoke: ({ itemId }) => [{ 'items.id': itemId }, {}],
    assign: ({ itemId }) => [{ 'items.id': itemId }, {}, { assignee: 'eve' }],
    throwMessage: () => ['paid', {}, {}],
    throwSignal: () => ['alarm', {}, {}],
    startEvent: ({ id }) => [id, 'begin', {}],
    restart: ({ itemId }) => [{ 'items.id': itemId }, {}],
    upgrade: () => ['Secret', []],
  },
  APIData: {
    getPendingUserTasks: () => [{}],
    findItems: ({ id }) => [{ id }],
    findItem: ({ itemId }) => [{ 'items.id': itemId }],
    findInstances: ({ id }) => [{ id }],
    deleteInstances: ({ id }) => [{ id }],
  },
  APIModel: {
    get: () => [{ name: 'Secret' }],
    list: () => [{}],
    findEvents: () => [{}],
    findStartEvents: () => [{}],
    getSource: () => ['Secret'],
    load: () => ['Secret'],
    save: () => ['Secret', SOURCE, null],
    delete: () => ['Secret'],
    rename: () => ['Secret', 'Mine'],
    export: () => [{}, __dirname],
  },
  Engine: {
    start: () => ['Secret', {}],
    invoke: ({ itemId }) => [{ 'items.id': itemId }, {}],
    invokeItem: ({ itemId }) => [{ 'items.id': itemId }, {}],
    assign: ({ itemId }) => [{ 'items.id': itemId }, {}, { assignee: 'eve' }],
    throwMessage: () => ['paid', {}, {}],
    throwSignal: () => ['alarm', {}, {}],
    startEvent: ({ id }) => [id, 'begin', {}],
    restart: ({ itemId }) => [{ 'items.id': itemId }, {}],
    upgrade: () => ['Secret', []],
    get: ({ id }) => [{ id }],
  },
  DataStore: {
    findItem: ({ itemId }) => [{ 'items.id': itemId }],
    findItems: ({ id }) => [{ id }],
    findInstance: ({ id }) => [{ id }],
    findInstances: ({ id }) => [{ id }, 'full'],
    loadInstance: ({ id }) => [id],
    find: () => [{ filter: {}, getTotalCount: true }],
    deleteInstances: ({ id }) => [{ id }],
    archive: ({ id }) => [{ id }],
    install: () => [],
  },
  ModelsDatastore: {
    get: () => [{}],
    getList: () => [{}],
    load: () => ['Secret'],
    loadFromInstance: () => [{ name: 'Secret' }],
    loadModel: () => ['Secret'],
    getSource: () => ['Secret'],
    getSVG: () => ['Secret'],
    findEvents: () => [{}],
    save: () => ['Secret', SOURCE],
    saveModel: () => [{ name: 'Secret', source: SOURCE }],
    import: () => [[{ name: 'Secret', source: SOURCE }]],
    deleteModel: () => ['Secret'],
    renameModel: () => ['Secret', 'Mine'],
    export: () => ['Secret', __dirname],
    install: () => [],
  },
};
const ENFORCED = entries().filter(([, , coverage]) => 'operation' in coverage);
const REFUSED = entries().filter(([, , coverage]) => 'refused' in coverage);
const REFUSALS = ['not-found', 'forbidden'];

test('every enforced member is tried below', () => {
  expect(
    ENFORCED.filter(([name, member]) => ARGUMENTS[name]?.[member] === undefined).map(
      ([name, member]) => `${name}.${member}`,
    ),
  ).toEqual([]);
});

beforeAll(() => jest.spyOn(console, 'log').mockImplementation(() => undefined));

onStores('the façade', (kind) => {
  const guards = new Guards(kind);
  let guard: Guard;
  let ids: Ids;

  beforeEach(async () => {
    guard = await guards.make({ models: { Secret: SOURCE } });
    const { id, items } = await guard.api.engine.start('Secret', { note: SECRET }, alice);
    ids = { id, itemId: items.find(({ elementId }) => elementId === SECRET)?.id as string };
  });

  const member = (name: string, key: string): ((...args: unknown[]) => unknown) =>
    (PLACES[name] as (guard: Guard) => Members)(guard)[key] as never;
  const call = (name: string, key: string): Promise<unknown> =>
    Promise.resolve(member(name, key)(...(ARGUMENTS[name]?.[key]?.(ids) ?? [])));
  const stored = async (): Promise<string> =>
    JSON.stringify([
      await guard.store.instances.load(ids.id),
      await guard.store.models.find({}),
      await guard.store.locks.list(),
    ]);

  test('has every member that the manifest enforces or refuses', () => {
    const missing = [...ENFORCED, ...REFUSED].filter(
      ([name, key]) => typeof member(name, key) !== 'function',
    );
    expect(missing.map(([name, key]) => `${name}.${key}`)).toEqual([]);
  });

  test('has no member that the manifest lacks, and none that it says is absent', () => {
    const extra = FACADES.flatMap((name) =>
      Object.getOwnPropertyNames((PLACES[name] as (guard: Guard) => Members)(guard)).map(
        (key) => [name, key] as const,
      ),
    );
    const strange = extra.filter(
      ([name, key]) =>
        !Object.hasOwn(MANIFEST[name] as object, key) ||
        'absent' in ((MANIFEST[name] as Record<string, Coverage>)[key] as Coverage),
    );
    expect(extra.length).toBeGreaterThan(60);
    expect(strange.map((entry) => entry.join('.'))).toEqual([]);
  });

  test('gives no way from one of its parts back to the server', () => {
    const parts = FACADES.filter((name) => name !== 'BPMNServer').map((name) =>
      (PLACES[name] as (guard: Guard) => Members)(guard),
    );
    const ways = Object.keys(MANIFEST.ServerComponent as object);
    expect(parts.flatMap((part) => ways.filter((way) => way in part))).toEqual([]);
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true);
  });

  test("is what the host's own static members give", () => {
    expect((bpmn.BPMNServer as any).getInstance()).toBe(guard.server);
    expect((bpmn.BPMNServer as any).engine).toBe(guard.server.engine);
    expect((bpmn.CacheManager as any).liveInstances.size).toBe(0);
  });

  test('refuses what nobody may call from outside, administrators included', async () => {
    const before = await stored();
    for (const [name, key] of REFUSED) {
      for (const who of [eve, alice, ADMIN_USER]) {
        const error = await refusal(guard.runAs(who, () => call(name, key)));
        expect([name, key, error.code]).toEqual([name, key, 'forbidden']);
        expect(error.message).toContain(`${name}.${key} is not available to callers`);
      }
      expect((await refusal(call(name, key))).code).toBe('unauthenticated');
    }
    expect(await stored()).toBe(before);
  });

  test('answers nobody with 401, whatever is called', async () => {
    const before = await stored();
    for (const [name, key] of ENFORCED) {
      const error = await refusal(call(name, key));
      expect([name, key, error.code, error.status]).toEqual([name, key, 'unauthenticated', 401]);
      expect(error.message).toBe('No caller: pass a user, or call inside guard.runAs.');
    }
    expect(await stored()).toBe(before);
  });

  test('tells a stranger nothing of an instance and a model that are not hers, and changes nothing for her', async () => {
    const before = await stored();
    for (const [name, key] of ENFORCED) {
      const [outcome] = await Promise.allSettled([guard.runAs(eve, () => call(name, key))]);
      const said =
        outcome?.status === 'fulfilled'
          ? JSON.stringify(outcome.value ?? null)
          : `${outcome?.reason.code} ${outcome?.reason.message}`;
      if (outcome?.status === 'rejected')
        expect([name, key, REFUSALS.includes(outcome.reason.code)]).toEqual([name, key, true]);
      for (const secret of [SECRET, ids.id, ids.itemId, 'alice', 'Secret"'])
        expect([name, key, said.includes(secret)]).toEqual([name, key, false]);
    }
    expect(await stored()).toBe(before);
  });

  test('gives alice what is hers', async () => {
    const seen = await guard.runAs(alice, async () => [
      await call('DataStore', 'findItem'),
      await call('DataStore', 'loadInstance'),
      await call('Engine', 'get'),
      await call('ModelsDatastore', 'loadModel'),
      await call('APIData', 'findInstances'),
    ]);
    expect(seen.map((value) => JSON.stringify(value).includes(SECRET))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
  });
});

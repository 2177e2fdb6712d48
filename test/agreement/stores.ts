import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalise } from '../../src/store/bson/codec.js';
import { openStore } from '../../src/store/open.js';
import type { Store, StoredInstance, StoredModel } from '../../src/store/port.js';
import {
  describeMongo,
  dropDatabase,
  isMongoJavaServer,
  MONGO_DB_URL,
  randomName,
  withClient,
} from '../store/mongo-server.js';
import { CASES } from '../support/cases.js';
import { corpus, isNotForJava, models, type Row } from './corpus.js';

/** Milliseconds for an answer: agreement is not about speed, and servers for tests may have no indexes. */
const PATIENCE = 120_000;

/** Generated runs end then, in milliseconds, however few were made: a test may take a minute. */
const LONGEST = 45_000;

/** A store with rows in it, and the true rows beside it, read without the queries that are to be tested. */
export interface Filled {
  readonly store: Store;
  readonly java: boolean;
  readonly rows: readonly Row[];
  readonly models: readonly StoredModel[];
  close(): Promise<void>;
}

interface Opened {
  readonly store: Store;
  readonly java: boolean;
  read(ids: readonly string[]): Promise<StoredInstance[]>;
  close(): Promise<void>;
}

function embedded(store: Store, close: () => Promise<void>): Opened {
  const read = async (ids: readonly string[]): Promise<StoredInstance[]> =>
    (await Promise.all(ids.map((id) => store.instances.load(id)))) as StoredInstance[];
  return { store, java: false, read, close };
}

const KINDS: Readonly<Record<'memory' | 'folder' | 'mongo', () => Promise<Opened>>> = {
  async memory() {
    const store = await openStore({ memory: true });
    return embedded(store, () => store.close());
  },
  async folder() {
    const folder = await mkdtemp(join(tmpdir(), 'guard-agreement-'));
    const store = await openStore({ folder, queryTimeout: PATIENCE });
    return embedded(store, async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    });
  },
  async mongo() {
    const name = randomName();
    const store = await openStore({ url: MONGO_DB_URL as string, name, timeout: PATIENCE });
    await store.install();
    const read = (ids: readonly string[]): Promise<StoredInstance[]> =>
      withClient(async (client) => {
        const found = (await client
          .db(name)
          .collection('wf_instances')
          .find({})
          .toArray()) as unknown as StoredInstance[];
        return ids.map((id) => found.find((row) => row.id === id) as StoredInstance);
      });
    return {
      store,
      java: await isMongoJavaServer(),
      read,
      close: async () => (await store.close(), void (await dropDatabase(name))),
    };
  },
};

/** Opens a store of a kind and fills it; what the test server fails on is left out there. */
export async function filled(kind: keyof typeof KINDS, given?: readonly Row[]): Promise<Filled> {
  const { store, java, read, close } = await KINDS[kind]();
  const wanted = (given ?? corpus()).filter(({ document }) => !java || !isNotForJava(document));
  const kept = models().filter((model) => !java || !isNotForJava(model));
  for (const { document } of wanted) await store.instances.insert(document);
  for (const model of kept) await store.models.put(model);
  const documents = await read(wanted.map(({ document }) => document.id));
  const rows = wanted.map(({ derived }, i): Row => ({ document: documents[i] as StoredInstance, derived }));
  return {
    store,
    java,
    rows,
    models: kept.map((model) => normalise({ ...model, owner: model.owner ?? null })),
    close,
  };
}

/** The tests on stores of these kinds; on MongoDB where there is a server. */
export function describeStores(
  title: string,
  kinds: readonly (keyof typeof KINDS)[],
  tests: (kind: keyof typeof KINDS) => void,
): void {
  for (const kind of kinds)
    (kind === 'mongo' ? describeMongo : describe)(
      `${title}, ${{ memory: 'in memory', folder: 'in a folder', mongo: 'on MongoDB' }[kind]}`,
      () => tests(kind),
    );
}

/**
 * Compares what one empty store answers with what is right, and on MongoDB what both answer. `runs` of
 * fast-check's `assert`.
 */
export function describeComparison(
  title: string,
  compare: (
    stores: readonly Store[],
    runs: { numRuns: number; interruptAfterTimeLimit: number },
    java?: boolean,
  ) => Promise<void>,
): void {
  describe(title, () => {
    let memory: Store;
    beforeAll(async () => {
      memory = await openStore({ memory: true });
    });
    afterAll(() => memory.close());

    test('in memory', () => compare([memory], { numRuns: 60 * CASES, interruptAfterTimeLimit: LONGEST }));

    describeMongo('On MongoDB', () => {
      const name = randomName();
      let mongo: Store;
      beforeAll(async () => {
        mongo = await openStore({ url: MONGO_DB_URL as string, name, timeout: PATIENCE });
      });
      afterAll(async () => {
        await mongo.close();
        await dropDatabase(name);
      });

      test('and in memory, alike', async () =>
        compare(
          [memory, mongo],
          { numRuns: 40 * CASES, interruptAfterTimeLimit: LONGEST },
          await isMongoJavaServer(),
        ));
    });
  });
}

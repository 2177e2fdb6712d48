import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spaceOfPids } from '../../../src/store/alive.js';
import { encode } from '../../../src/store/bson/codec.js';
import { openStore, type FolderOptions } from '../../../src/store/open.js';
import { move } from '../../../src/store/contents/move.js';
import { openSource, placeOf, type Lasting } from '../../../src/store/contents/open-contents.js';
import type { Contents, Entry } from '../../../src/store/contents/contents.js';
import type { Progress } from '../../../src/store/contents/copy.js';
import { PARTS } from '../../../src/store/contents/parts.js';
import { Guards, refusal } from '../../support/guards.js';
import { lastingPlace, onMongo, type Place, type StoreKind } from '../../support/stores.js';
import { fill, lengthen } from './filled.js';

/** What a store contains, by part: documents by their bytes, in any order. */
async function contentsOf(store: Lasting): Promise<Record<string, string[]>> {
  const contents = await openSource(store);
  const all: Record<string, string[]> = {};
  for (const part of PARTS) {
    const documents: string[] = [];
    for await (const { document } of contents.read(part)) documents.push(fieldsOf(document));
    all[part] = documents.sort();
  }
  await contents.close();
  return all;
}

/** A document with the types of its values, whatever the order of its fields. */
function fieldsOf(document: Entry['document']): string {
  const fields = Object.entries(document).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(encode(Object.fromEntries(fields))).toString('latin1');
}

/** The same without the value that has ended, which a database removes at any time. */
const lasting = ({ values = [], ...parts }: Record<string, string[]>): Record<string, string[]> => ({
  ...parts,
  values: values.filter((value) => !value.includes('before')),
});

type Case = readonly [from: StoreKind, to: StoreKind];

/** @param onlyArrival leaves out what does not depend on the two being of one kind */
function moves(cases: readonly Case[], onlyArrival = false): void {
  describe.each(cases)('from %s to %s', (fromKind, toKind) => {
    const places: Place[] = [];
    afterEach(async () => void (await Promise.all(places.splice(0).map((place) => place.remove()))));
    const place = (kind: StoreKind): Lasting => {
      const made = lastingPlace(kind);
      places.push(made);
      return made.options as Lasting;
    };
    const change = async (store: Lasting, work: (contents: Contents) => Promise<void>): Promise<void> => {
      const { EmbeddedContents } = await import('../../../src/store/embedded/contents.js');
      const { MongoContents } = await import('../../../src/store/mongo/contents.js');
      const contents =
        store.url !== undefined ? await MongoContents.open(store) : await EmbeddedContents.open(store.folder);
      await work(contents);
      await contents.close();
    };

    test('every document of every part arrives, with each value of the same type, and the source stays', async () => {
      const [from, to] = [place(fromKind), place(toKind)];
      await fill(from);
      const before = await contentsOf(from);
      for (const part of PARTS) expect([part, before[part]?.length]).not.toEqual([part, 0]);
      const said: Progress[] = [];
      const moved = await move(from, to, { onProgress: (progress) => said.push(progress) });
      expect(moved).toMatchObject({ complete: true, different: 0, named: [] });
      expect(lasting(await contentsOf(from))).toEqual(lasting(before));
      // What has ended is not moved.
      expect(await contentsOf(to)).toEqual(lasting(before));
      for (const part of PARTS.filter((name) => name !== 'values'))
        for (const doing of ['copied', 'compared'] as const) {
          const last = said.filter((progress) => progress.part === part && progress.doing === doing).at(-1);
          expect(last).toEqual({ doing, part, done: before[part]?.length, total: before[part]?.length });
        }
      const store = await openStore(to);
      expect(await store.missingIndexes()).toEqual([]);
      expect((await store.instances.load('i1'))?.logs).toHaveLength(5);
      expect(await store.values('sessions').get('ends')).toBe('later');
      expect(await store.policies.head('a"/v/b')).toBe(2);
      expect((await store.users.list()).map(({ userName }) => userName)).toEqual([
        'ann',
        'bob "the\u2028builder"',
      ]);
      await store.close();
    });

    if (onlyArrival) return;

    test('a move that was stopped leaves a store that nobody can open, and the next one goes on from there', async () => {
      const [from, to] = [place(fromKind), place(toKind)];
      await fill(from);
      await lengthen(from, 1100);
      const controller = new AbortController();
      const onProgress = ({ part }: Progress): void => {
        if (part === 'audit') controller.abort();
      };
      expect(await move(from, to, { onProgress, signal: controller.signal })).toMatchObject({
        complete: false,
      });
      expect(await refusal(openStore(to))).toMatchObject({ code: 'store-incomplete', status: 503 });
      const copied: Progress[] = [];
      const moved = await move(from, to, {
        onProgress: (progress) => {
          if (progress.doing === 'copied') copied.push(progress);
        },
      });
      expect(moved).toMatchObject({ complete: true, different: 0 });
      // What had arrived was not copied again; values, which end by themselves, are.
      expect(new Set(copied.map(({ part }) => part))).toEqual(new Set(['values', 'audit']));
      expect(copied.filter(({ part }) => part === 'audit').map(({ done }) => done)).toEqual([1104]);
      await (await openStore(to)).close();
    });

    test('a document that is altered, lost or added in the target is found, and the target stays refused', async () => {
      const [from, to] = [place(fromKind), place(toKind)];
      await fill(from);
      await lengthen(from, 1000);
      const controller = new AbortController();
      const onProgress = ({ part }: Progress): void => {
        if (part === 'audit') controller.abort();
      };
      await move(from, to, { onProgress, signal: controller.signal });
      await change(to, async (target) => {
        const rows: Entry[] = [];
        for await (const row of target.read('instances')) rows.push(row);
        const named = (id: string): Entry['document'] =>
          rows.find(({ document }) => document.id === id)?.document as Entry['document'];
        const i1 = named('i1');
        await target.write('instances', [
          { ...i1, data: { ...(i1.data as object), double: 1.25 }, svg: '<svg></svg>' },
        ]);
        await target.remove('instances', [named('bare')]);
        await target.write('users', [{ _id: 'eve', userName: 'eve', userGroups: ['ADMIN'] }]);
      });
      const moved = await move(from, to);
      expect(moved).toMatchObject({ complete: true, different: 3 });
      expect([...moved.named].sort()).toEqual([
        'instances: "bare" is missing in the target',
        'instances: "i1" differs in data, svg',
        'users: "eve" is not in the source',
      ]);
      expect(await refusal(openStore(to))).toMatchObject({ code: 'store-incomplete' });
      // It cannot be moved onwards as if it were whole either.
      expect(await refusal(move(to, place(toKind)))).toMatchObject({ code: 'store-incomplete' });
    });

    test('a target with other data is refused, and nothing of it is changed', async () => {
      const [from, to, other] = [place(fromKind), place(toKind), place(fromKind)];
      await fill(from);
      await lengthen(to, 1);
      const before = await contentsOf(to);
      expect(await refusal(move(from, to))).toMatchObject({
        code: 'bad-configuration',
        message: 'The target is not empty: it contains audit.',
      });
      expect(await contentsOf(to)).toEqual(before);
      await fill(other);
      const begun = place(toKind);
      await move(other, begun, { signal: AbortSignal.abort() });
      const { code, message } = await refusal(move(from, begun));
      expect([code, message]).toEqual([
        'bad-configuration',
        expect.stringMatching(/^The target is not empty: it contains the beginning of a move from /),
      ]);
    });

    test('a store is not moved into itself, and what is no store is not moved', async () => {
      const from = place(fromKind);
      await fill(from);
      expect(await refusal(move(from, { ...from }))).toMatchObject({ code: 'bad-configuration' });
      const nothing = mkdtempSync(join(tmpdir(), 'guard-move-'));
      writeFileSync(join(nothing, 'notes.txt'), 'hello');
      for (const wrong of [nothing, join(nothing, 'absent')])
        expect(await refusal(move({ folder: wrong }, place(toKind)))).toMatchObject({
          code: 'bad-configuration',
        });
      expect(await refusal(move(from, { folder: nothing }))).toMatchObject({ code: 'bad-configuration' });
      rmSync(nothing, { recursive: true });
    });
  });
}

test.each([
  ['mongodb://db:27017', 'mongodb://db:27017/bpmn'],
  ['mongodb://ann:p%40ss%2Fword@a:1,b:2/other?replicaSet=r&x=y@z', 'mongodb://a:1,b:2/bpmn'],
  ['mongodb+srv://ann:pass/word@db.example.com/other?w=1', 'mongodb://db.example.com/bpmn'],
])('%s is named without its login', async (url, place) => {
  expect(await placeOf({ url, name: 'bpmn' })).toBe(place);
});

describe('Moving a store', () => {
  moves([['embedded', 'embedded']]);

  test('a folder that is open is not moved', async () => {
    const [from, to] = [lastingPlace('embedded'), lastingPlace('embedded')];
    const store = await openStore(from.options);
    expect(await refusal(move(from.options as FolderOptions, to.options as Lasting))).toMatchObject({
      code: 'store-in-use',
    });
    await store.close();
    await Promise.all([from.remove(), to.remove()]);
  });
});

onMongo('Moving a store', () => {
  moves([
    ['embedded', 'mongo'],
    ['mongo', 'embedded'],
  ]);
  moves([['mongo', 'mongo']], true);

  describe('with a database', () => {
    let [from, to]: [Place, Place] = [lastingPlace('embedded'), lastingPlace('embedded')];
    beforeEach(async () => {
      [from, to] = [lastingPlace('mongo'), lastingPlace('embedded')];
      await fill(from.options);
    });
    afterEach(async () => void (await Promise.all([from.remove(), to.remove()])));
    const guards = new Guards('mongo');
    const moving = (): Promise<unknown> => move(from.options as Lasting, to.options as Lasting);

    test('one that a lock is held in is not moved; a lock whose holder is gone does not matter', async () => {
      const store = await openStore(from.options);
      const lock = async (name: string, host: string, pid: number, until: Date): Promise<void> =>
        void (await store.locks.acquire(
          name,
          { host, pid, space: spaceOfPids(), nonce: name },
          until,
          () => false,
        ));
      await lock('expired', 'elsewhere', 1, new Date(5));
      await lock('dead', hostname(), 2 ** 22 + 1, new Date(8e15));
      await lock('held', 'elsewhere', 7, new Date(8e15));
      expect(await refusal(moving())).toMatchObject({
        code: 'store-in-use',
        message: 'The source is in use by process 7 on elsewhere: stop it first.',
      });
      await store.locks.release('held', { host: 'elsewhere', pid: 7, nonce: 'held' });
      await store.close();
      expect(await moving()).toMatchObject({ complete: true, different: 0 });
    });

    test('one that a guard has open is not moved, even if nothing is done', async () => {
      const guard = await guards.make({ place: from });
      const inUse = { code: 'store-in-use', message: expect.stringContaining(`process ${process.pid} on `) };
      expect(await refusal(moving())).toMatchObject(inUse);
      await fill(to.options);
      expect(await refusal(move(to.options as Lasting, from.options as Lasting))).toMatchObject(inUse);
      await guard.close();
      const other = lastingPlace('embedded');
      const moved = await move(from.options as Lasting, other.options as Lasting);
      expect(moved).toMatchObject({ complete: true, different: 0 });
      await other.remove();
    });
  });
});

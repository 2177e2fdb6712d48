import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BPMNClient } from 'bpmn-client';
import { end, model, start, task } from '../support/models.js';
import { Application } from './application.js';

const app = new Application();
const folder = mkdtempSync(join(tmpdir(), 'bpmn-guard-client-'));
const FILE = join(folder, 'imported.bpmn');
const PICTURE = join(folder, 'imported.svg');

beforeAll(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  writeFileSync(FILE, model([start(), task('only'), end()]));
  writeFileSync(PICTURE, '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await app.start();
});
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
  jest.restoreAllMocks();
});

const client = (key: keyof Application['keys']): any => new BPMNClient('127.0.0.1', app.port, app.keys[key]);
const NOT_YOURS = /^No such \w+, or it is not yours to see\.$/;
const MAY_NOT = /^You may not /;

/** What the calls below act on: made anew for each. */
interface Ground {
  readonly instance: string;
  readonly read: string;
  readonly ended: { readonly item: string };
  readonly two: string;
  readonly waits: string;
}

async function ground(): Promise<Ground> {
  const alice = app.as('alice');
  await app.as('admin').data.deleteInstances({});
  const review = await alice.engine.start('review', {});
  const [read] = await alice.data.getPendingUserTasks({ id: review.id });
  const vacation = await alice.engine.start('Request Vacation', {});
  const request = vacation.items.find(({ elementId }) => elementId === 'request')?.id as string;
  await alice.tasks.complete(request, {});
  await app.as('boss').engine.invoke({ id: vacation.id, 'items.elementId': 'approve' }, {});
  const two = await alice.engine.start('two', {});
  const waits = await alice.engine.start('wait', {});
  return {
    instance: review.id,
    read: read?.id as string,
    ended: { item: request },
    two: two.id,
    waits: waits.id,
  };
}

type Call = (client: any, on: Ground, who: string) => Promise<any>;

describe('calls that name the user, with a key that may act for anyone', () => {
  const CALLS: readonly [
    name: string,
    call: Call,
    allowed: string,
    seen: (answer: any, on: Ground) => unknown,
    expected: unknown,
    refused: RegExp,
  ][] = [
    [
      'engine.start',
      (c, _on, who) => c.engine.start('review', { days: 2 }, null, who),
      'alice',
      ({ name, startedBy, data }) => [name, startedBy, data.days],
      ['review', 'alice', 2],
      NOT_YOURS,
    ],
    [
      'engine.invoke',
      (c, on, who) => c.engine.invoke({ id: on.two, 'items.elementId': 'first' }, { seen: true }, who),
      'alice',
      ({ id, data, items }, on) => [
        id === on.two,
        data.seen,
        items.find((i: any) => i.elementId === 'first').completedBy,
      ],
      [true, true, 'alice'],
      NOT_YOURS,
    ],
    [
      'engine.assign',
      (c, on, who) => c.engine.assign({ 'items.id': on.read }, {}, who, { assignee: who }),
      'alice',
      ({ items }) => items.find((i: any) => i.elementId === 'read').assignee,
      'alice',
      NOT_YOURS,
    ],
    [
      'engine.restart',
      (c, on, who) => c.engine.restart({ 'items.id': on.ended.item }, {}, who),
      'admin',
      ({ name, status }) => [name, status],
      ['Request Vacation', 'running'],
      NOT_YOURS,
    ],
    [
      'engine.startEvent',
      (c, on, who) => c.engine.startEvent(on.two, 'late', {}, who),
      'admin',
      ({ id, instance, items }, on) =>
        [id, instance.id, items.some((i: any) => i.elementId === 'late')].map((v) =>
          v === on.two ? 'it' : v,
        ),
      ['it', 'it', true],
      NOT_YOURS,
    ],
    [
      'engine.get',
      (c, on, who) => c.engine.get({ id: on.instance, userId: who }),
      'alice',
      ({ id }, on) => id === on.instance,
      true,
      NOT_YOURS,
    ],
  ];

  test.each(CALLS)('%s succeeds for a permitted user', async (_name, call, who, seen, expected) => {
    const on = await ground();
    expect(seen(await call(client('trusted'), on, who), on)).toEqual(expected);
  });

  test.each(CALLS)(
    '%s rejects for a stranger, with the reason',
    async (_name, call, _who, _seen, _expected, refused) => {
      const on = await ground();
      const before = await app.as('admin').data.findInstances({});
      await expect(call(client('trusted'), on, 'stranger')).rejects.toThrow(refused);
      expect(await app.as('admin').data.findInstances({})).toEqual(before);
    },
  );

  test.each(CALLS)('%s rejects for a user that the directory does not know', async (_name, call) => {
    await expect(call(client('trusted'), await ground(), 'nobody')).rejects.toThrow(
      'This key may not act for that user, or there is no such user.',
    );
  });

  test.each(CALLS)('%s rejects for a user for whom the key may not act', async (_name, call) => {
    await expect(call(client('alice'), await ground(), 'bob')).rejects.toThrow(
      'This key may not act for that user, or there is no such user.',
    );
  });

  test('lists show what the named user may see', async () => {
    const on = await ground();
    const tasks = async (userId: string) =>
      (await client('trusted').datastore.findItems({ id: on.instance, 'items.status': 'wait', userId })).map(
        ({ id }: any) => id,
      );
    expect(await tasks('alice')).toEqual([on.read]);
    expect(await tasks('stranger')).toEqual([]);
  });

  test('deleteInstances never rejects, but resolves to the refusal', async () => {
    const on = await ground();
    const remove = (userId: string): Promise<any> =>
      client('trusted').datastore.deleteInstances({ id: on.instance, userId });
    expect(await remove('alice')).toMatchObject({
      errors: expect.stringMatching(MAY_NOT),
      error: expect.stringMatching(MAY_NOT),
      code: 'forbidden',
      status: 403,
    });
    expect(await remove('stranger')).toMatchObject({ code: 'forbidden', status: 403 });
    expect(await app.as('alice').data.findInstances({ id: on.instance })).toHaveLength(1);
    expect(await remove('admin')).toEqual({ result: { deletedCount: 1 } });
  });

  test('deleteInstances with a user and no query deletes nothing', async () => {
    await ground();
    expect(await client('trusted').datastore.deleteInstances({ userId: 'admin' })).toMatchObject({
      code: 'bad-request',
      errors: 'query is missing.',
    });
    expect(await app.as('admin').data.findInstances({})).not.toEqual([]);
  });
});

describe('calls without a user are made by the program that holds the key', () => {
  const CALLS: readonly [
    name: string,
    call: Call,
    seen: (answer: any, on: Ground) => unknown,
    expected: unknown,
    refused: RegExp,
  ][] = [
    ['engine.start', (c) => c.engine.start('review'), ({ startedBy }) => startedBy, 'key:trusted', NOT_YOURS],
    [
      'engine.throwMessage',
      (c, on) => c.engine.throwMessage('heard', { loud: true }, { id: on.waits }),
      ({ id, data }, on) => [id === on.waits, data.loud],
      [true, true],
      /^No such receiver of the message/,
    ],
    [
      'definitions.load',
      (c) => c.definitions.load('review'),
      (xml) => xml.startsWith('<?xml'),
      true,
      NOT_YOURS,
    ],
    [
      'definitions.import',
      (c) => c.definitions.import('imported', FILE, PICTURE),
      (answer) => answer,
      'OK',
      /^You may not do this \(model:create\)/,
    ],
    [
      'definitions.rename',
      (c) => c.definitions.rename('imported', 'renamed by a client'),
      (answer) => answer,
      true,
      NOT_YOURS,
    ],
    [
      'definitions.delete',
      (c) => c.definitions.delete('renamed by a client'),
      (answer) => answer,
      true,
      NOT_YOURS,
    ],
  ];

  test.each(CALLS)('%s succeeds for a permitted program', async (_name, call, seen, expected) => {
    const on = await ground();
    expect(seen(await call(client('trusted'), on, ''), on)).toEqual(expected);
  });

  test.each(CALLS)(
    '%s rejects for a program without permission, with the reason',
    async (_name, call, _seen, _expected, refused) => {
      await expect(call(client('itself'), await ground(), '')).rejects.toThrow(refused);
    },
  );

  test('engine.throwSignal reaches all whom the program may signal, and rejects where it reaches nobody', async () => {
    const on = await ground();
    await client('trusted').engine.throwMessage('heard', {}, { id: on.waits });
    await expect(client('itself').engine.throwSignal('seen')).rejects.toThrow(
      /^No such receiver of the signal/,
    );
    expect(await client('trusted').engine.throwSignal('seen')).toEqual([
      { instanceId: on.waits, itemId: expect.any(String) },
    ]);
  });

  test('a model is imported with its picture, and one without a picture', async () => {
    expect(await client('trusted').definitions.import('with picture', FILE, PICTURE)).toBe('OK');
    expect(await client('trusted').definitions.import('without', FILE)).toBe('OK');
    const [pictured] = await app.as('admin').model.get({ name: 'with picture' });
    expect(pictured).toMatchObject({
      source: model([start(), task('only'), end()]),
      svg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    });
    expect((await app.as('admin').model.get({ name: 'without' }))[0]?.svg ?? null).toBeNull();
    for (const name of ['with picture', 'without']) await app.as('admin').model.delete(name);
  });

  test('findInstances without a projection brings the source, to a program that may read the model', async () => {
    const on = await ground();
    const [full] = await client('trusted').datastore.findInstances({ id: on.instance });
    expect(full.source).toContain('<bpmn:definitions');
    expect(full).toHaveProperty('svg');
    const [named] = await client('trusted').datastore.findInstances({ id: on.instance }, { name: 1 });
    expect(Object.keys(named)).toEqual(expect.not.arrayContaining(['source', 'svg', 'items']));
  });

  test('lists are scoped to what the program may see', async () => {
    const on = await ground();
    for (const list of ['findItems', 'findInstances']) {
      expect(await client('trusted').datastore[list]({ id: on.instance })).not.toEqual([]);
      expect(await client('itself').datastore[list]({ id: on.instance })).toEqual([]);
    }
    expect((await client('trusted').engine.status()).map(({ instance }: any) => instance.id)).toContain(
      on.instance,
    );
    expect(await client('itself').engine.status()).toEqual([]);
    expect((await client('trusted').definitions.list()).map(({ name }: any) => name)).toContain('review');
    expect((await client('itself').definitions.list()).map(({ name }: any) => name)).not.toContain('review');
  });

  test('datastore.find goes page by page', async () => {
    await ground();
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const page: any = await client('trusted').datastore.find({
        filter: {},
        limit: 2,
        after,
        getTotalCount: true,
      });
      expect(page.totalCount).toBe(4);
      ids.push(...page.data.map(({ id }: any) => id));
      after = page.nextCursor;
    } while (after !== null);
    expect(new Set(ids).size).toBe(4);
    expect(await client('itself').datastore.find({ filter: {}, getTotalCount: true })).toEqual({
      data: [],
      nextCursor: null,
      totalCount: 0,
    });
  });

  test('a projection is a list of names, or an object of 0 and 1', async () => {
    const on = await ground();
    for (const projection of [['name'], { name: 1 }]) {
      expect(await client('trusted').datastore.findInstances({ id: on.instance }, projection)).toEqual([
        { id: on.instance, name: 'review' },
      ]);
    }
  });
});

describe('malformed calls reject with the expected input', () => {
  test.each<[string, (c: any) => Promise<unknown>, RegExp]>([
    ['engine.start', (c) => c.engine.start({ $ne: null }), /^name must be a text\.$/],
    ['engine.start with data', (c) => c.engine.start('review', ['a list']), /^data must be an object\.$/],
    [
      'engine.start with options',
      (c) => c.engine.start('review', {}, null, null, { parentItemId: 'x' }),
      /Unknown option of a command: parentItemId/,
    ],
    ['engine.invoke', (c) => c.engine.invoke({ $where: 'true' }, {}), /\$where" is not allowed/],
    ['engine.invoke without a query', (c) => c.engine.invoke(null, {}), /^query is missing\.$/],
    [
      'engine.assign',
      (c) => c.engine.assign({ 'items.elementId': 'read' }, {}, null, { status: 'end' }),
      /"status" cannot be assigned/,
    ],
    ['engine.throwMessage', (c) => c.engine.throwMessage(['a', 'list']), /^messageId must be a text\.$/],
    ['engine.throwSignal', (c) => c.engine.throwSignal({ $gt: '' }), /^signalId must be a text\.$/],
    ['engine.startEvent', (c) => c.engine.startEvent({ $ne: '' }, 'late'), /^instanceId must be a text\.$/],
    ['datastore.find', (c) => c.datastore.find({ filter: { $expr: {} } }), /\$expr" is not allowed/],
    [
      'datastore.find with a parameter that upstream has',
      (c) => c.datastore.find({ lastItem: { 'items.name': 'x' } }),
      /^"lastItem" is not known here\. Known are filter, after, limit, sort, projection, getTotalCount, exactTotal\.$/,
    ],
    [
      'datastore.findItems',
      (c) => c.datastore.findItems({ 'guard.open': 'x' }),
      /"guard.open" is not allowed/,
    ],
    [
      'datastore.findInstances',
      (c) => c.datastore.findInstances({ 'items.guard': 'x' }),
      /"items.guard" is not allowed/,
    ],
    [
      'definitions.rename',
      (c) => c.definitions.rename('review', '../../etc/cron'),
      /^A model name must be a text/,
    ],
    ['definitions.delete', (c) => c.definitions.delete({ $ne: null }), /^name must be a text\.$/],
  ])('%s', async (_name, call, message) => {
    await expect(call(client('trusted'))).rejects.toThrow(message);
  });
});

describe('an invalid key', () => {
  const on: Ground = { instance: 'i', read: 'r', ended: { item: 'e' }, two: 't', waits: 'w' };
  const LOST = /Cannot read properties of undefined/;

  test.each<[string, Call]>([
    ['engine.start', (c) => c.engine.start('review')],
    ['engine.invoke', (c) => c.engine.invoke({}, {})],
    ['engine.assign', (c) => c.engine.assign({}, {}, null, {})],
    ['engine.restart', (c) => c.engine.restart({}, {})],
    ['engine.throwMessage', (c) => c.engine.throwMessage('heard')],
    ['engine.throwSignal', (c) => c.engine.throwSignal('seen')],
    ['engine.startEvent', (c) => c.engine.startEvent('i', 'late')],
    ['engine.get', (c) => c.engine.get({})],
    ['engine.status', (c) => c.engine.status()],
    ['datastore.find', (c) => c.datastore.find({})],
    ['datastore.findItems', (c) => c.datastore.findItems({})],
    ['datastore.findInstances', (c) => c.datastore.findInstances({})],
    ['definitions.list', (c) => c.definitions.list()],
    ['definitions.load', (c) => c.definitions.load('review')],
    ['definitions.delete', (c) => c.definitions.delete('review')],
    ['definitions.rename', (c) => c.definitions.rename('review', 'other')],
  ])('%s rejects, although the client loses the reason', async (_name, call) => {
    await expect(call(client('wrong'), on, '')).rejects.toThrow(LOST);
  });

  test('definitions.import rejects with the status', async () => {
    await expect(client('wrong').definitions.import('x', FILE)).rejects.toThrow(
      'Request failed with status code 401',
    );
  });

  test('datastore.deleteInstances resolves to nothing, and nothing is deleted', async () => {
    await ground();
    expect(await client('wrong').datastore.deleteInstances({})).toBeUndefined();
    expect(await app.as('admin').data.findInstances({})).not.toEqual([]);
  });
});

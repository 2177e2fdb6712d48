import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BPMNClient2 } from 'bpmn-client';
import { end, model, start, task } from '../support/models.js';
import { Application } from './application.js';
import { PEOPLE } from './people.js';

const app = new Application();
const folder = mkdtempSync(join(tmpdir(), 'bpmn-guard-client2-'));
const FILE = join(folder, 'imported.bpmn');

beforeAll(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  writeFileSync(FILE, model([start(), task('only'), end()]));
  await app.start();
});
afterAll(async () => {
  await app.stop();
  rmSync(folder, { recursive: true });
  jest.restoreAllMocks();
});

const client = (key: keyof Application['keys']): any => new BPMNClient2('127.0.0.1', app.port, app.keys[key]);
const [alice, stranger, admin] = [PEOPLE.alice, PEOPLE.stranger, PEOPLE.admin];
const NOT_YOURS = /^No such .+, or it is not yours to see\.$/;

interface Ground {
  readonly instance: string;
  readonly read: string;
  readonly two: string;
  readonly waits: string;
}
async function ground(): Promise<Ground> {
  const api = app.as('alice');
  await app.as('admin').data.deleteInstances({});
  const review = await api.engine.start('review', {});
  const [read] = await api.data.getPendingUserTasks({ id: review.id });
  return {
    instance: review.id,
    read: read?.id as string,
    two: (await api.engine.start('two', {})).id,
    waits: (await api.engine.start('wait', {})).id,
  };
}

type Call = (client: any, on: Ground, user: unknown) => Promise<any>;

const CALLS: readonly [
  name: string,
  call: Call,
  allowed: unknown,
  seen: (answer: any, on: Ground) => unknown,
  expected: unknown,
][] = [
  [
    'engine.start',
    (c, _on, user) => c.engine.start('review', { days: 2 }, user),
    alice,
    ({ startedBy, data }) => [startedBy, data.days],
    ['alice', 2],
  ],
  [
    'engine.invoke',
    (c, on, user) => c.engine.invoke({ id: on.two, 'items.elementId': 'first' }, { seen: true }, user),
    alice,
    ({ data }) => data.seen,
    true,
  ],
  [
    'engine.assign',
    (c, on, user) => c.engine.assign({ 'items.id': on.read }, {}, { assignee: 'alice' }, user),
    alice,
    ({ items }) => items.find((i: any) => i.elementId === 'read').assignee,
    'alice',
  ],
  [
    'engine.throwMessage',
    (c, on, user) => c.engine.throwMessage('heard', { loud: 1 }, { id: on.waits }, user, {}),
    admin,
    ({ data }) => data.loud,
    1,
  ],
];

test.each(CALLS)('%s succeeds for a permitted user', async (_name, call, user, seen, expected) => {
  const on = await ground();
  expect(seen(await call(client('trusted'), on, user), on)).toEqual(expected);
});

test.each(CALLS)('%s rejects for a stranger, with the reason', async (_name, call) => {
  const on = await ground();
  const before = await app.as('admin').data.findInstances({});
  await expect(call(client('trusted'), on, stranger)).rejects.toThrow(NOT_YOURS);
  expect(await app.as('admin').data.findInstances({})).toEqual(before);
});

test.each(CALLS)('%s rejects for an unknown user', async (_name, call) => {
  await expect(call(client('trusted'), await ground(), 'alice')).rejects.toThrow(
    'user must be an object with a userName.',
  );
  await expect(call(client('trusted'), await ground(), { userName: { $ne: null } })).rejects.toThrow(
    /^user is not a valid user/,
  );
});

test.each(CALLS)('%s rejects for a key that may not act for the user', async (_name, call) => {
  await expect(call(client('alice'), await ground(), stranger)).rejects.toThrow(
    'This key may not act for that user, or there is no such user.',
  );
  await expect(call(client('itself'), await ground(), alice)).rejects.toThrow(
    'This key may not act for that user, or there is no such user.',
  );
});

test('engine.throwSignal reaches whom the user may signal, and rejects where that is nobody', async () => {
  const on = await ground();
  await client('trusted').engine.throwMessage('heard', {}, { id: on.waits }, admin, {});
  await expect(client('trusted').engine.throwSignal('seen', {}, {}, stranger, {})).rejects.toThrow(
    /^No such receiver of the signal/,
  );
  expect(await client('trusted').engine.throwSignal('seen', {}, {}, admin, {})).toEqual([
    { instanceId: on.waits, itemId: expect.any(String) },
  ]);
});

test('groups claimed in a body are ignored in favour of the directory', async () => {
  await ground();
  await expect(
    client('trusted').engine.start('review', {}, { ...stranger, userGroups: ['hr'] }),
  ).rejects.toThrow(NOT_YOURS);
  await expect(
    client('alice').engine.start('review', {}, { ...alice, userGroups: ['ADMIN'] }),
  ).rejects.toThrow('This key may not act for that user, or there is no such user.');
});

test.each(['findItems', 'findInstances'])('data.%s shows what the user may see', async (list) => {
  const on = await ground();
  expect(await client('trusted').data[list]({ id: on.instance }, alice)).not.toEqual([]);
  expect(await client('trusted').data[list]({ id: on.instance }, stranger)).toEqual([]);
  await expect(client('trusted').data[list]({ $where: '1' }, alice)).rejects.toThrow(
    /"\$where" is not allowed/,
  );
});

test('data.find shows what the user may see, and rejects what is malformed', async () => {
  await ground();
  expect(
    (await client('trusted').data.find({ filter: {}, getTotalCount: true, user: alice })).totalCount,
  ).toBe(3);
  expect(
    (await client('trusted').data.find({ filter: {}, getTotalCount: true, user: stranger })).totalCount,
  ).toBe(0);
  await expect(client('trusted').data.find({ filter: {}, limit: 100_000, user: alice })).rejects.toThrow(
    /^limit must be a whole number/,
  );
});

test('data.deleteInstances honours the user, and resolves to a refusal', async () => {
  const on = await ground();
  expect(await client('trusted').data.deleteInstances({ id: on.instance }, alice)).toMatchObject({
    errors: expect.stringMatching(/^You may not/),
    code: 'forbidden',
    status: 403,
  });
  expect(await client('trusted').data.deleteInstances(undefined, admin)).toMatchObject({
    errors: 'query is missing.',
    code: 'bad-request',
  });
  expect(await app.as('admin').data.findInstances({})).toHaveLength(3);
  expect(await client('trusted').data.deleteInstances({ id: on.instance }, admin)).toEqual({
    result: { deletedCount: 1 },
  });
});

test('models are imported, listed, loaded, renamed and deleted by a program that may', async () => {
  const { model: models } = client('trusted');
  expect(await models.import('imported', FILE)).toBe('OK');
  expect((await models.list()).map(({ name }: any) => name)).toContain('imported');
  expect((await models.load('imported')).elements.map(({ id }: any) => id)).toEqual(
    expect.arrayContaining(['start', 'only', 'end']),
  );
  expect(await models.rename('imported', 'renamed')).toBe(true);
  expect(await models.delete('renamed')).toBe(true);
  await expect(models.load('renamed')).rejects.toThrow(NOT_YOURS);
});

test.each<[string, (models: any) => Promise<unknown>, RegExp]>([
  ['import', (models) => models.import('imported', FILE), /^You may not do this \(model:create\)/],
  ['load', (models) => models.load('review'), NOT_YOURS],
  ['rename', (models) => models.rename('review', 'other'), NOT_YOURS],
  ['delete', (models) => models.delete('review'), NOT_YOURS],
])('model.%s rejects for a program that may not, with the reason', async (_name, call, reason) => {
  await expect(call(client('itself').model)).rejects.toThrow(reason);
  expect(await app.as('admin').model.list({ name: 'review' })).toHaveLength(1);
});

test('with a wrong key nothing resolves but deleteInstances, and that to nothing', async () => {
  const { engine, data, model: models } = client('wrong');
  const calls = [
    engine.start('review', {}, alice),
    engine.invoke({}, {}, alice),
    engine.assign({}, {}, {}, alice),
    engine.throwMessage('heard', {}, {}, alice),
    engine.throwSignal('seen', {}, {}, alice),
  ];
  const more = [
    data.find({ user: alice }),
    data.findItems({}, alice),
    data.findInstances({}, alice),
    models.import('x', FILE),
    models.list(),
    models.load('review'),
    models.delete('review'),
    models.rename('review', 'x'),
  ];
  const outcomes = await Promise.allSettled([...calls, ...more]);
  expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
  expect(await data.deleteInstances({}, admin)).toBeUndefined();
});

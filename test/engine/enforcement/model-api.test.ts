import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry, Guard, Policy } from 'bpmn-guard';
import { eq, EVERYTHING, NOTHING } from '../../../src/core/condition/condition.js';
import { CouldNotTell } from '../../../src/core/errors.js';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../support/guards.js';
import { end, message, model, start, task, timer } from '../../support/models.js';
import { any, told } from '../../support/told.js';

const SOURCE = model([start(), task('do', { assignee: 'ann' }), end()]);
/** A group that nobody is in, which is warned of. */
const UNCLEAR = model([start(), task('ask', { candidateGroups: 'hr, {{group}}' }), end()]);
const [ann, dee] = [person('ann'), person('dee', 'DESIGNER')];
const guards = new Guards('embedded');

/** Lets everybody do this with every model. */
const lets = (...operations: string[]): Policy => ({
  name: 'models',
  answer: (_who, operation) =>
    operations.includes(operation) ? { permissive: [{ id: 'all', says: 'all may', when: EVERYTHING }] } : {},
});
/** Keeps everybody from this. */
const keepsFrom = (...operations: string[]): Policy => ({
  name: 'never',
  answer: (_who, operation) =>
    operations.includes(operation) ? { restrictive: [{ id: 'no', says: 'nobody may', when: NOTHING }] } : {},
});

test('who may save no model may have none checked', async () => {
  const guard = await guards.make();
  expect(await refusal(guard.api.model.check(SOURCE, ann))).toMatchObject({
    code: 'forbidden',
    message: 'You may not check models.',
  });
  expect(await guard.api.model.check(SOURCE, dee)).toEqual([]);
});

test.each(['model:create', 'model:write'])('who may only %s may have models checked', async (operation) => {
  const guard = await guards.make({ policies: [lets(operation)] });
  expect(await guard.api.model.check(SOURCE, ann)).toEqual([]);
});

test.each([
  ['both, is kept from it', ['model:create', 'model:write'], false],
  ['one of them, is not', ['model:create'], true],
])('a designer whom a rule keeps from %s', async (_what, operations, may) => {
  const guard = await guards.make({ policies: [keepsFrom(...operations)] });
  const asked = guard.api.model.check(SOURCE, dee);
  if (may) expect(await asked).toEqual([]);
  else expect(await refusal(asked)).toMatchObject({ code: 'forbidden' });
});

test('what a saved model is warned of is in the audit trail', async () => {
  const entries: AuditEntry[] = [];
  const guard = await guards.make({ audit: (entry) => void entries.push(entry) });
  await guard.api.model.save('Clear', SOURCE, null, ADMIN_USER);
  await guard.api.model.save('Unclear', UNCLEAR, null, ADMIN_USER);
  const [{ found = '' } = {}] = await guard.api.model.check(UNCLEAR, ADMIN_USER);
  await guard.close();
  const warned = entries.filter(({ reason }) => reason.includes('warnings'));
  expect(found).not.toBe('');
  expect(warned).toMatchObject([
    {
      userName: 'admin',
      operation: 'model:create',
      resource: { kind: 'model', name: 'Unclear' },
      answer: 'allowed',
      reason: expect.stringContaining(`ask: ${found}`) as unknown,
    },
  ]);
});

test('a name that is taken is not given to another model, and what is renamed has its new name', async () => {
  const guard = await guards.make({ models: { A: SOURCE, B: SOURCE } });
  expect(await refusal(guard.api.model.rename('A', 'B', ADMIN_USER))).toMatchObject({
    code: 'conflict',
    message: 'A model of the new name already exists.',
  });
  await guard.api.model.rename('A', 'C', ADMIN_USER);
  const names = await guard.api.model.list({}, ADMIN_USER);
  expect(names.map(({ name }) => name).sort()).toEqual(['B', 'C']);
});

test('whether a model may be made or changed is decided about that model, by its name too', async () => {
  const mine: Policy = {
    name: 'mine',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'model:create' || operation === 'model:write'
        ? { restrictive: [{ id: 'name', says: 'Mine alone', when: eq('model.name', 'Mine') }] }
        : {},
  };
  const guard = await guards.make({ policies: [mine] });
  const save = (name: string) => guard.api.model.save(name, SOURCE, null, dee);
  for (let at = 0; at < 2; at++) expect(await save('Mine')).toMatchObject({ name: 'Mine' });
  expect(await refusal(save('Other'))).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('model:create') as string,
  });
  await guard.store.models.put({ name: 'Other', owner: null, source: SOURCE } as never);
  expect(await refusal(save('Other'))).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('model:write') as string,
  });
});

test('a change of a model is in the audit trail under its own operation', async () => {
  const guard = await guards.make({ models: { A: SOURCE } });
  const last = async (): Promise<unknown> =>
    (await guard.store.audit.find({ userName: 'admin', limit: 1 })).map(({ operation, answer, resource }) => [
      operation,
      answer,
      resource,
    ])[0];
  expect(await guard.api.model.rename('A', 'B', ADMIN_USER)).toBe(true);
  expect(await last()).toEqual(['model:write', 'allowed', { kind: 'model', name: 'A' }]);
  expect(await guard.api.model.delete('B', ADMIN_USER)).toBe(true);
  expect(await last()).toEqual(['model:delete', 'allowed', { kind: 'model', name: 'B' }]);
});

test('a reader who may not change a model gets 403, and anybody else 404', async () => {
  const ofHr = model([start(), task('do', { assignee: 'ann' }), end()], {
    process: { candidateStarterGroups: 'hr' },
  });
  const guard = await guards.make({ models: { A: ofHr } });
  const { model: models, engine } = guard.api;
  const change = () => ({
    delete: () => models.delete('A', ann),
    rename: () => models.rename('A', 'B', ann),
    'rename to no name': () => models.rename('A', any(7), ann),
  });
  const none = 'not-found: No such model, or it is not yours to see.';
  expect(await told(change())).toEqual({
    delete: none,
    rename: none,
    'rename to no name': none,
  });
  await engine.start('A', {}, ADMIN_USER);
  const forbidden = (operation: string): unknown =>
    expect.stringContaining(`forbidden: You may not do this (model:${operation})`);
  expect(await told(change())).toEqual({
    delete: forbidden('delete'),
    rename: forbidden('write'),
    'rename to no name': forbidden('write'),
  });
  expect(await models.getSource('A', ann)).toBe(ofHr);
});

test('no models are exported if one of them may not be changed, or without a folder', async () => {
  const oneOnly: Policy = {
    name: 'one',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'model:write'
        ? { restrictive: [{ id: 'a', says: 'A alone', when: eq('model.name', 'A') }] }
        : {},
  };
  const guard = await guards.make({ policies: [oneOnly] });
  for (const name of ['A', 'B'])
    await guard.store.models.put({ name, owner: null, source: SOURCE, saved: new Date(0) } as never);
  const folder = mkdtempSync(join(tmpdir(), 'guard-export-'));
  const { export: exported } = guard.api.model;
  expect(
    await told({
      'one of them': () => exported({}, folder, dee),
      'to nowhere, by who saves none': () => exported({}, '/no/such/folder', ann),
      'one of them, to nowhere': () => exported({}, '/no/such/folder', dee),
    }),
  ).toEqual({
    'one of them': expect.stringMatching(/^forbidden: You may not do this \(model:write\): A alone/),
    'to nowhere, by who saves none': 'forbidden: You may not do this (model:write).',
    'one of them, to nowhere': expect.stringMatching(
      /^forbidden: You may not do this \(model:write\): A alone/,
    ),
  });
  expect(readdirSync(folder)).toEqual([]);
  expect(await exported({ name: 'A' }, folder, dee)).toEqual(['A']);
  rmSync(folder, { recursive: true });
});

test('a list contains exactly the start events that its reader may use', async () => {
  const source = (groups: string) =>
    model(
      [
        start({ candidateStarterGroups: groups }),
        task('t'),
        end(),
        ...[message('m'), timer('timeDuration', 'P1Y')].map((by, at) => ({
          ...start({}, by, `s${at}`),
          flow: false as const,
        })),
      ],
      { messages: ['m'], process: { candidateStarterGroups: groups } },
    );
  const guard = await guards.make({ models: { Hr: source('hr'), It: source('it') } });
  const { findStartEvents, findEvents } = guard.api.model;
  const starts = async (user: typeof ann, query: object = {}) =>
    (await findStartEvents(query as never, user)).map(
      ({ modelName, elementId }) => `${modelName} ${elementId}`,
    );
  expect(await starts(person('hal', 'hr'))).toEqual(['Hr start']);
  expect(await starts(person('ivy', 'it', 'hr'))).toEqual(['Hr start', 'It start']);
  expect(await starts(ann)).toEqual([]);
  expect(await starts(ADMIN_USER, { name: 'It' })).toEqual(['It start']);
  const events = await findEvents({ name: 'It' } as never, ADMIN_USER);
  expect(events.map(({ elementId }) => elementId)).toEqual(['start', 's0', 's1']);
  const [byMessage] = await findEvents({ 'events.messageId': 'm', name: 'It' } as never, ADMIN_USER);
  expect(byMessage).toMatchObject({ elementId: 's0', modelName: 'It' });
});

test('a list of models has when each was saved, where that is known', async () => {
  const guard = await guards.make({ models: { A: SOURCE } });
  await guard.store.models.put({ name: 'B', owner: null, source: SOURCE } as never);
  const { list, get } = guard.as(ADMIN_USER).model;
  expect(await list({})).toEqual([{ name: 'A', saved: expect.any(Date) as Date }, { name: 'B' }]);
  const [first] = await get({ name: 'A' });
  expect(first).toMatchObject({ name: 'A', source: SOURCE });
  for (const field of ['guard', 'warnings']) expect(first).not.toHaveProperty(field);
  await guard.api.model.save('C', UNCLEAR, null, ADMIN_USER);
  expect((await get({ name: 'C' }))[0]).toMatchObject({ warnings: [{ element: 'ask' }] });
});

describe('a timer that starts instances', () => {
  const SOON = model([start({}, timer('timeDuration', 'PT1S')), task('do'), end()]);
  const startedOf = async (guard: Guard, name: string): Promise<number> =>
    (await guard.store.instances.find({ filter: { name } })).length;

  test('continues under the new name of its model, and no longer under the old one', async () => {
    const guard = await guards.make();
    await guard.api.model.save('Old', SOON, null, ADMIN_USER);
    await guard.api.model.rename('Old', 'New', ADMIN_USER);
    const before = await startedOf(guard, 'Old');
    await eventually(async () => (await startedOf(guard, 'New')) > 0);
    expect(await startedOf(guard, 'Old')).toBe(before);
  });

  test('is that of the stored model, where the answer to a save was lost', async () => {
    const guard = await guards.make();
    const insert = guard.store.models.insert.bind(guard.store.models);
    jest.spyOn(guard.store.models, 'insert').mockImplementationOnce(async (...args) => {
      await insert(...args);
      throw new CouldNotTell('store-unavailable', 'The answer was lost.');
    });
    expect(await refusal(guard.api.model.save('M', SOON, null, ADMIN_USER))).toMatchObject({
      code: 'store-unavailable',
    });
    await eventually(async () => (await startedOf(guard, 'M')) > 0);
  });
});

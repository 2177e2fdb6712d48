import type { AuditEntry, Guard, Policy } from 'bpmn-guard';
import { eq, EVERYTHING, NOTHING } from '../../../src/core/condition.js';
import { CouldNotTell } from '../../../src/core/errors.js';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task, timer } from '../../support/models.js';

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
    message: 'A model of the new name exists.',
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

describe('a timer that starts instances', () => {
  const SOON = model([start({}, timer('timeDuration', 'PT1S')), task('do'), end()]);
  const startedOf = async (guard: Guard, name: string): Promise<number> =>
    (await guard.store.instances.find({ filter: { name } })).length;

  test('goes on under the new name of its model, and no longer under the old one', async () => {
    const guard = await guards.make();
    await guard.api.model.save('Old', SOON, null, ADMIN_USER);
    await guard.api.model.rename('Old', 'New', ADMIN_USER);
    const before = await startedOf(guard, 'Old');
    await eventually(async () => (await startedOf(guard, 'New')) > 0);
    expect(await startedOf(guard, 'Old')).toBe(before);
  });

  test('is that of the stored model, where the answer to a save was lost', async () => {
    const guard = await guards.make();
    const put = guard.store.models.put.bind(guard.store.models);
    jest.spyOn(guard.store.models, 'put').mockImplementationOnce(async (...args) => {
      await put(...args);
      throw new CouldNotTell('store-unavailable', 'The answer was lost.');
    });
    expect(await refusal(guard.api.model.save('M', SOON, null, ADMIN_USER))).toMatchObject({
      code: 'store-unavailable',
    });
    await eventually(async () => (await startedOf(guard, 'M')) > 0);
  });
});

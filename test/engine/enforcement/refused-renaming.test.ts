import type { Guard, Policy } from 'bpmn-guard';
import { EVERYTHING } from '../../../src/core/condition/condition.js';
import { Conflict } from '../../../src/core/errors.js';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task, timer } from '../../support/models.js';

const SOON = model([start({}, timer('timeDuration', 'PT1S')), task('do'), end()]);
const guards = new Guards('embedded');
const started = async ({ store }: Guard): Promise<number> =>
  (await store.instances.find({ filter: { name: 'Old' } })).length;

test.each([
  ['renaming', 'rename', ({ model: models }: Guard['api']) => models.rename('Old', 'New', ADMIN_USER)],
  ['deletion', 'remove', ({ model: models }: Guard['api']) => models.delete('Old', ADMIN_USER)],
] as const)(
  'a model goes on to start by its timer where a %s of it is refused',
  async (_what, change, run) => {
    const guard = await guards.make();
    await guard.api.model.save('Old', SOON, null, ADMIN_USER);
    jest
      .spyOn(guard.store.models, change)
      .mockRejectedValueOnce(new Conflict('conflict', 'A model with this name already exists.'));
    expect(await refusal(run(guard.api))).toMatchObject({ code: 'conflict' });
    const before = await started(guard);
    await eventually(async () => (await started(guard)) > before);
  },
);

/** A guard with two sections, in one of which is a model; and the names of the models in each. */
async function sectioned() {
  const plain = model([start(), task('do'), end()]);
  const guard = await guards.make();
  const { model: models, policies } = guard.as(ADMIN_USER);
  const save = (name: string, section: string) => models.save(name, plain, null, undefined, { section });
  for (const section of ['hr', 'it']) await policies.sections.create(section);
  await save('Old', 'hr');
  const placed = async (): Promise<string[][]> =>
    Promise.all(
      ['hr', 'it'].map(async (section) =>
        (await policies.sections.list(section)).models.map((one) => (one as { name: string }).name),
      ),
    );
  return { guard, models, policies, save, placed };
}

test('a model that someone else makes while another is renamed to its name stays in its section', async () => {
  const { guard, models, save, placed } = await sectioned();
  const get = guard.store.models.get.bind(guard.store.models);
  let isMade = false;
  jest.spyOn(guard.store.models, 'get').mockImplementation(async (name, owner) => {
    if (name !== 'New' || isMade) return get(name, owner);
    isMade = true;
    await save('New', 'it');
    return undefined;
  });
  expect(await refusal(models.rename('Old', 'New'))).toMatchObject({ code: 'conflict' });
  expect(await placed()).toEqual([['Old'], ['New']]);
});

test.each([['rename'], ['remove']] as const)(
  'a model that someone else makes of a name that is free since a moment ago, by %s, stays in its section',
  async (change) => {
    const { guard, models, policies, save, placed } = await sectioned();
    const store = guard.store.models;
    const original = store[change].bind(store) as (...args: unknown[]) => Promise<boolean>;
    jest.spyOn(store, change).mockImplementationOnce(async (...args: unknown[]) => {
      const done = await original(...args);
      await save('Old', 'it');
      return done;
    });
    await policies.sections.permissions.give({ section: 'it' }, { user: 'ann' }, ['read']);
    await (change === 'rename' ? models.rename('Old', 'New') : models.delete('Old'));
    expect(await placed()).toEqual([change === 'rename' ? ['New'] : [], ['Old']]);
    expect((await guard.api.model.list({}, person('ann'))).map(({ name }) => name)).toEqual(['Old']);
  },
);

test('a model that policies name is not renamed while the rules are switched off, either', async () => {
  const off = await guards.make({ models: { Pay: SOON }, env: { ENFORCE_SECURITY: 'false' } });
  await off.as(ADMIN_USER).policies.duties.save('d', { duty: 'not-initiator', model: 'Pay' });
  expect(await refusal(off.api.model.rename('Pay', 'Pay2', ADMIN_USER))).toMatchObject({
    code: 'wrong-state',
    message: expect.stringContaining('Policies name this model'),
  });
});

test('policies that a model is named in are named to those who may read policies', async () => {
  const migrates: Policy = {
    name: 'designers-migrate',
    answer: ({ userName }, operation) =>
      operation === 'instance:migrate' && userName === 'dee'
        ? { permissive: [{ id: 'dee', says: 'dee migrates', when: EVERYTHING }] }
        : {},
  };
  const plain = model([start(), task('do'), end()]);
  const guard = await guards.make({ models: { Pay: plain, Other: plain }, policies: [migrates] });
  const { id } = await guard.api.engine.start('Pay', {}, person('ann'));
  await guard.as(ADMIN_USER).policies.duties.save('audit-of-kim', { duty: 'not-initiator', model: 'Pay' });
  const dee = person('dee', 'DESIGNER');
  expect(await refusal(guard.api.policies.duties.list(dee))).toMatchObject({ code: 'forbidden' });
  expect(await refusal(guard.api.model.rename('Pay', 'Pay2', dee))).toMatchObject({
    message: 'Policies name this model, and would no longer apply.',
  });
  expect(await refusal(guard.api.engine.migrate(id, 'Other', dee))).toMatchObject({
    message: expect.stringMatching(/would no longer apply to it\.$/) as string,
  });
  expect(await refusal(guard.api.model.rename('Pay', 'Pay2', ADMIN_USER))).toMatchObject({
    message: 'Policies name this model, and would no longer apply: duty "audit-of-kim".',
  });
});

import type { Guard, Policy, SecureUser } from 'bpmn-guard';
import { exists } from '../../../src/core/condition/condition.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const [ann, dee, hal, zed] = [person('ann'), person('dee', 'DESIGNER'), person('hal', 'hr'), person('zed')];
/** For hr to start, and for ann to do. */
const OF_HR = model([start(), task('t', { assignee: 'ann' }), end()], {
  process: { candidateStarterGroups: 'hr' },
});
const guards = new Guards('embedded');

/** What somebody reads of the models: the list, the source and the decision, which must agree. */
async function read({ api, can }: Guard, user: SecureUser): Promise<boolean> {
  const names = (await api.model.list({}, user)).map(({ name }) => name);
  const source = await api.model.getSource('M', user).catch(() => undefined);
  const may = await can(user, 'model:read', { model: { name: 'M' } });
  expect([names, source]).toEqual(may ? [['M'], OF_HR] : [[], undefined]);
  return may;
}

test('a model is read by who maintains models, by who may start it, and by who reads an instance of it', async () => {
  const guard = await guards.make({ models: { M: OF_HR } });
  const readers = async (): Promise<unknown[]> => {
    const found: string[] = [];
    for (const user of [ann, dee, hal, zed, ADMIN_USER])
      if (await read(guard, user)) found.push(user.userName);
    return found;
  };
  expect(await readers()).toEqual(['dee', 'hal', 'admin']);
  await guard.api.engine.start('M', {}, hal);
  expect(await readers()).toEqual(['ann', 'dee', 'hal', 'admin']);
  await guard.api.data.deleteInstances({}, ADMIN_USER);
  expect(await readers()).toEqual(['dee', 'hal', 'admin']);
});

test('the definition that an instance runs is for who may read the model, as it is stored', async () => {
  const stored: Policy = {
    name: 'stored',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'model:read'
        ? { restrictive: [{ id: 'saved', says: 'has been saved', when: exists('model.saved') }] }
        : {},
  };
  const guard = await guards.make({ models: { M: OF_HR }, policies: [stored] });
  const { id } = await guard.api.engine.start('M', {}, hal);
  const definition = async (user: SecureUser): Promise<boolean> =>
    'definition' in (await guard.api.engine.get({ id }, user));
  expect([await definition(ann), await definition(hal)]).toEqual([true, true]);
  expect(await refusal(definition(zed))).toMatchObject({ code: 'not-found' });
  const source = async (user: SecureUser): Promise<unknown> =>
    (await guard.api.data.findInstances({ id }, user, 'full'))[0]?.source;
  expect(await source(ann)).toBe(OF_HR);
  await guard.api.model.delete('M', ADMIN_USER);
  expect(await definition(ann)).toBe(false);
  expect(await source(ann)).toBeUndefined();
});

test('who reads the instance sees its definition after the model is gone, where no policy asks for more', async () => {
  const guard = await guards.make({ models: { M: OF_HR } });
  const { id } = await guard.api.engine.start('M', {}, hal);
  await guard.api.model.delete('M', ADMIN_USER);
  expect(await guard.api.engine.get({ id }, ann)).toHaveProperty('definition');
  const { id: item } = await waitingTask(guard, 't', id);
  expect(await guard.api.tasks.complete(item, {}, ann)).toHaveProperty('definition');
});

test('a list of models asks for instances of those alone that it is about', async () => {
  const models = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`M${at}`, OF_HR]));
  const guard = await guards.make({ models });
  await guard.api.engine.start('M7', {}, hal);
  const asked = jest.spyOn(guard.store.instances, 'exists');
  const { list, get, findEvents } = guard.as(ann).model;
  expect((await list({ name: 'M7' })).map(({ name }) => name)).toEqual(['M7']);
  expect(await list({ name: 'M8' })).toEqual([]);
  expect(await list({ name: 'none' })).toEqual([]);
  expect(await get({ name: 'M7' })).toHaveLength(1);
  expect(await findEvents({ name: 'M7', 'events.elementId': 'start' })).toHaveLength(1);
  expect(asked).toHaveBeenCalledTimes(4);
  expect((await list({})).map(({ name }) => name)).toEqual(['M7']);
  expect(asked).toHaveBeenCalledTimes(34);
});

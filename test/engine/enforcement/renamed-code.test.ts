import { SecureUser, type Guard, type Policy } from 'bpmn-guard';
import { eq, not } from '../../../src/core/condition/condition.js';
import { modelKeeper } from '../../../src/engine/execution/definition-loader.js';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, script, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const CODE = model([start(), script('t', 'this.data.x = 1'), end()]);
const DRAWN = model([start(), task('t'), end()]);
const chief = new SecureUser({ userName: 'ada', userGroups: ['ADMIN'], tenantId: 'acme' });
const dee = person('dee', 'DESIGNER');
const NO_CODE = { code: 'forbidden', message: expect.stringContaining('(model:code)') as string };

/** Designers may not save code as a model of that name. */
const noCodeAs = (name: string): Policy => ({
  name: 'no-code',
  answer: (_principal, operation) =>
    operation === 'model:code'
      ? { restrictive: [{ id: name, says: `no code as ${name}`, when: not(eq('model.name', name)) }] }
      : {},
});

onStores('Renaming a model that holds code', (kind) => {
  const guards = new Guards(kind);
  const names = async ({ store }: Guard): Promise<string[]> =>
    (await store.models.find({})).map(({ name }) => name).sort();

  test('is for those who may save code, as whatever name it runs in a place of its own', async () => {
    const guard = await guards.make({ tenantsMaySaveCode: false });
    const operator = modelKeeper(guard.store);
    await operator.save('Code', CODE, null, 'acme');
    await operator.save('Drawn', DRAWN, null, 'acme');
    expect(await refusal(guard.api.model.rename('Code', 'Pay', chief))).toMatchObject(NO_CODE);
    const byFacade = guard.runAs(chief, () => guard.server.definitions.renameModel?.('Code', 'Pay') as never);
    expect(await refusal(Promise.resolve(byFacade))).toMatchObject(NO_CODE);
    const [entry] = await guard.store.audit.find({ limit: 1, answer: 'refused' });
    expect(entry).toMatchObject({
      operation: 'model:write',
      resource: { name: 'Code' },
      reason: 'forbidden',
    });
    await guard.api.model.rename('Drawn', 'Drawn again', chief);
    expect(await names(guard)).toEqual(['Code', 'Drawn again']);
  });

  test('is asked of the name that it is given', async () => {
    const guard = await guards.make({ policies: [noCodeAs('Pay')], models: { Code: CODE, Drawn: DRAWN } });
    expect(await refusal(guard.api.model.rename('Code', 'Pay', dee))).toMatchObject(NO_CODE);
    await guard.api.model.rename('Code', 'Other', dee);
    await guard.api.model.rename('Drawn', 'Pay', dee);
    expect(await names(guard)).toEqual(['Other', 'Pay']);
  });

  test('is also asked where the model cannot be read', async () => {
    const guard = await guards.make({ policies: [noCodeAs('Pay')], models: { Old: DRAWN } });
    const stored = await guard.store.models.get('Old', null);
    await guard.store.models.put({ ...stored, name: 'Old', source: 'nothing' });
    expect(await refusal(guard.api.model.rename('Old', 'Pay', dee))).toMatchObject(NO_CODE);
    await guard.api.model.rename('Old', 'Pay', ADMIN_USER);
    expect(await names(guard)).toEqual(['Pay']);
  });
});

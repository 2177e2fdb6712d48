import { apiKeys, openStore } from 'bpmn-guard';
import { createdFacts } from '../../src/express/key-facts.js';

test('the facts of a key name all that it was made with', async () => {
  const store = await openStore({ memory: true });
  const options = {
    actsFor: 'anyone',
    groups: ['it'],
    tenantId: 'acme',
    expires: new Date(Date.now() + 86_400_000),
  } as const;
  const keys = apiKeys(store, { env: {} });
  for (const reasons of [
    { dangerouslyActsForDesigners: 'they deploy' },
    { dangerouslyActsForAdministrators: 'they administer', dangerouslyActsForDesigners: 'they deploy' },
  ]) {
    const { key } = await keys.create(`ci-${Object.keys(reasons).length}`, { ...options, ...reasons });
    expect(createdFacts(key).after).toMatchObject({ ...options, ...reasons });
  }
  await store.close();
});

test.each([['cafe\u0301'], [' caf\u00e9 ']])(
  'a key is revoked by its tenant in another form: %j',
  async (tenantId) => {
    const store = await openStore({ memory: true });
    const keys = apiKeys(store, { env: {} });
    await keys.create('ci', { tenantId: 'caf\u00e9' });
    expect(await keys.revoke('ci', { tenantId })).toBe(true);
    await store.close();
  },
);

import { createGuard, openStore, type AuditEntry } from 'bpmn-guard';
import { Guards, SILENT } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';
import { Prepared, run } from './running.js';

const MODEL = model([start(), task('ask'), end()]);
const ROLES = 'securityRoles:\n  clerk:\n    rights: [Todo:Process]\n';
const ACME = { userName: 'kim', userGroups: ['ADMIN'], tenantId: 'acme' };

onStores('What the command line records', (kind) => {
  const on = new Prepared(new Guards(kind));

  const recorded = async (): Promise<AuditEntry[]> => {
    const store = await openStore(on.place.options);
    const entries = await store.audit.find({ limit: 100 });
    await store.close();
    return entries.filter(({ reason }) => reason === 'command line').reverse();
  };
  const done = async (...args: string[]): Promise<void> => {
    expect(await run([...args, ...on.at])).toMatchObject({ code: 0 });
  };
  async function instance(): Promise<string> {
    const store = await openStore(on.place.options);
    const guard = await createGuard({ configuration: {}, env: {}, store, logger: SILENT });
    const { id } = await guard.as(ACME).engine.start('ask', {});
    await guard.close();
    return id;
  }

  test('belongs to the tenant of the user, key, model, instance or policies that it is about', async () => {
    const roles = on.put('roles.yaml', `tenant: acme\n${ROLES}`);
    await done('user', 'add', 'root', '--group', 'ADMIN', '--tenant', 'acme', '--without-password');
    await done('user', 'add', 'ann', '--tenant', 'acme', '--without-password');
    await done('user', 'groups', 'ann', '--add', 'hr');
    await done('user', 'disable', 'ann');
    await done('user', 'enable', 'ann');
    await done('user', 'remove', 'ann');
    await done('key', 'create', 'ci', '--tenant', 'acme');
    await done('key', 'revoke', 'ci', '--tenant', 'acme');
    await done('models', 'import', on.put('ask.bpmn', MODEL), '--owner', 'acme');
    await done('policy', 'apply', roles);
    await done('work', 'stop', await instance());
    const entries = await recorded();
    expect(entries).toHaveLength(11);
    for (const { resource, tenantId } of entries)
      expect([resource.name, tenantId]).toEqual([resource.name, 'acme']);
  });

  test('belongs to no tenant where what it is about has none', async () => {
    await done('user', 'add', 'ann', '--without-password');
    await done('user', 'groups', 'ann', '--add', 'hr');
    await done('key', 'create', 'ci');
    await done('key', 'create', 'ci', '--without-tenant');
    await done('key', 'revoke', 'ci', '--any-tenant');
    await done('models', 'import', on.put('ask.bpmn', MODEL));
    await done('policy', 'apply', on.put('roles.yaml', ROLES));
    const entries = await recorded();
    expect(entries.map(({ tenantId }) => tenantId ?? null)).toEqual(Array(7).fill(null));
  });
});

import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Guard } from 'bpmn-guard';
import type { Store } from '../../../../src/store/port.js';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../../support/guards.js';
import { end, model, start, task } from '../../../support/models.js';
import { onStores } from '../../../support/stores.js';

const ANN = person('ann');
const ofTenant = (userName: string, tenantId: string, ...userGroups: string[]) => ({
  userName,
  tenantId,
  userGroups,
});

const ROLES = `# who works here
securityRoles:
  clerk:
    rights: [Todo:Process]
    holders:
      - user: ann
`;

onStores('policy files', (kind) => {
  const guards = new Guards(kind);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'policy-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const rightsOf = (guard: Guard, user: { userName: string; userGroups: readonly string[] }) =>
    guard.api.policies.securityRoles.mine(user);

  test('are in force once the guard is made; a start without a difference makes no version', async () => {
    put('roles.yaml', ROLES);
    put('readme.md', 'not read');
    const place = guards.place();
    const { guard, log } = await guards.open({ policyFiles: folder, place });
    expect(await rightsOf(guard, ANN)).toEqual(['Todo:Process']);
    expect(log.filter(({ message }) => message === 'policy files were applied')).toHaveLength(1);
    const [version] = await guard.api.policies.history({}, ADMIN_USER);
    expect(version).toMatchObject({ version: 1, source: 'file', userName: 'system', count: 2 });
    const audited = await guard.store.audit.find({ limit: 10 });
    expect(audited).toEqual([expect.objectContaining({ reason: 'policy files', answer: 'allowed' })]);
    await guard.close();
    const again = await guards.make({ policyFiles: folder, place });
    expect(await again.api.policies.version(ADMIN_USER)).toBe(1);
  });

  test('what they state is changed only there, and the refusal names the file', async () => {
    put('roles.yaml', ROLES);
    const guard = await guards.make({ policyFiles: folder });
    const { securityRoles, apply, read } = guard.as(ADMIN_USER).policies;
    const refused = {
      code: 'managed-by-file',
      status: 409,
      message: expect.stringContaining('roles.yaml') as unknown,
    };
    expect(await refusal(securityRoles.save('clerk', { rights: [] }))).toMatchObject(refused);
    expect(await refusal(securityRoles.withdraw('clerk', { user: 'ann' }))).toMatchObject(refused);
    expect(await refusal(securityRoles.remove('clerk'))).toMatchObject(refused);
    const entry = { kind: 'security-role', id: 'clerk', value: { rights: [] } };
    expect(await refusal(apply([entry]))).toMatchObject(refused);
    // Beside them the API goes on, and what files state may be used there.
    await securityRoles.save('boss', { rights: ['Todo:Reassign'] });
    await securityRoles.give('clerk', { user: 'ben' });
    expect((await read()).entries.map(({ id, file }) => [id.slice(0, 8), file])).toEqual([
      ['clerk', 'roles.yaml'],
      ['boss', undefined],
      ['["clerk"', 'roles.yaml'],
      ['["clerk"', undefined],
    ]);
    await refusal(apply([{ ...entry, file: 'roles.yaml' } as never])).then((error) =>
      expect(error.message).toContain('no "file"'),
    );
  });

  test('what no file states any more goes, also that of a tenant; what was made by hand stays', async () => {
    put('roles.yaml', ROLES);
    put(
      'acme.json',
      JSON.stringify({ tenant: 'acme', securityRoles: { clerk: { rights: ['Todo:Process'] } } }),
    );
    const place = guards.place();
    const guard = await guards.make({ policyFiles: folder, place });
    const admin = ofTenant('admin', 'acme', 'ADMIN');
    await guard.as(ADMIN_USER).policies.securityRoles.save('boss', { rights: ['Todo:Reassign'] });
    expect((await guard.as(admin).policies.read()).entries).toHaveLength(1);
    await guard.close();
    unlinkSync(join(folder, 'acme.json'));
    put('roles.yaml', 'securityRoles: {}\n');
    const again = await guards.make({ policyFiles: folder, place });
    expect((await again.as(admin).policies.read()).entries).toEqual([]);
    expect((await again.as(ADMIN_USER).policies.read()).entries.map(({ id }) => id)).toEqual(['boss']);
  });

  test('a mistake refuses all of them, with file, line and column: no guard is made', async () => {
    put('a.yaml', ROLES);
    put('b.yaml', 'securityRoles:\n  clerk:\n    rights: []\n  boss:\n    rights:\n      - Todo:Proces\n');
    put('c.yml', 'securityRoles: [\n');
    put('d.yam', '');
    const place = guards.place();
    const error = await refusal(guards.open({ policyFiles: folder, place }));
    expect(error.code).toBe('bad-policy');
    expect(error.message.split('\n')).toEqual([
      'The policy files were not applied.',
      expect.stringMatching(/^b\.yaml:6:9: .*Todo:Proces.*Did you mean Todo:Process/) as unknown,
      expect.stringMatching(
        /^b\.yaml:2:3: The security-role clerk is stated twice; first at a\.yaml:3/,
      ) as unknown,
      expect.stringMatching(/^c\.yml:2:1: /) as unknown,
      expect.stringMatching(/^d\.yam:1:1: This is not a policy file/) as unknown,
    ]);
    const guard = await guards.make({ place });
    expect(await guard.api.policies.version(ADMIN_USER)).toBe(0);
  });

  test('case operations stand in the file that jBPM has for them, each mistake with its line', async () => {
    put('case-authorization.properties', '# ours\nCANCEL_CASE=owner\n\nADD_DATA=\n');
    const place = guards.place();
    const guard = await guards.make({ policyFiles: folder, place });
    expect((await guard.as(ADMIN_USER).policies.read()).entries).toEqual([
      {
        kind: 'case-operation',
        id: 'CANCEL_CASE',
        value: { roles: ['owner'] },
        file: 'case-authorization.properties',
      },
      { kind: 'case-operation', id: 'ADD_DATA', value: { roles: [] }, file: 'case-authorization.properties' },
    ]);
    await guard.close();
    put('case-authorization.properties', '# ours\nCANCEL_CASE=owner\nCANCEL_CASE=admin\n');
    const error = await refusal(guards.open({ policyFiles: folder, place }));
    expect(error.message).toContain('case-authorization.properties:3:1: CANCEL_CASE is given twice.');
  });

  test('the grid may stand in a table, each mistake with the line where its row begins', async () => {
    const head = 'id,effect,users,privilege,on,for,as,handing on,multiple,says';
    const rule = 'may-see,Allow,"group ""hr""",View,system,,,,,"a text\nof two lines"';
    put('grid.csv', `${head}\n${rule}\n`);
    const place = guards.place();
    const guard = await guards.make({ policyFiles: folder, place });
    const { entries } = await guard.as(ADMIN_USER).policies.read();
    expect(entries.map(({ kind, id, file }) => [kind, id, file])).toEqual([
      ['grid-rule', 'may-see', 'grid.csv'],
    ]);
    await guard.close();
    put('grid.csv', `${head}\n${rule}\nother,Allow,nobody,View,system,,,,,\n`);
    const error = await refusal(guards.open({ policyFiles: folder, place }));
    expect(error.message).toMatch(/grid\.csv:4:1: /);
  });

  test('a rule about a start event that refers to a case is refused in a file as by the API', async () => {
    const place = guards.place();
    const M = model([start(), task('t'), end()]);
    const guard = await guards.make({ place, models: { M } });
    const rule = 'Allow all to Perform on event start of process M for {"roles.Owner":"$user.userName"}';
    const text = `Label Owner\nr: ${rule}\n`;
    const byApi = await refusal(guard.as(ADMIN_USER).policies.grid.import('text', text));
    await guard.close();
    const grid = { labels: { Owner: {} }, rules: { r: rule } };
    put('grid.json', JSON.stringify({ grid }, null, 1));
    const byFile = await refusal(guards.open({ policyFiles: folder, place }));
    expect(byApi.message).toContain('is about a start event');
    expect(byFile.message).toMatch(/grid\.json:\d+:\d+: The rule "r" is about a start event/);
  });

  test('a model that is not there is a mistake, unless the files may come before the models', async () => {
    put('duties.yaml', 'duties:\n  four-eyes:\n    duty: not-initiator\n    model: Vacatoin\n');
    const place = guards.place();
    const error = await refusal(guards.open({ policyFiles: folder, place }));
    expect(error.message).toMatch(/duties\.yaml:2:3: .*no model "Vacatoin"/);
    const guard = await guards.make({ policyFiles: { folder, allowUnknownModels: true }, place });
    expect(await guard.api.policies.version(ADMIN_USER)).toBe(1);
  });

  test('a folder that is not there is a mistake in the configuration', async () => {
    expect(await refusal(guards.open({ policyFiles: join(folder, 'nowhere') }))).toMatchObject({
      code: 'bad-configuration',
    });
    expect(await refusal(guards.open({ policyFiles: { folder, wach: true } as never }))).toMatchObject({
      message: expect.stringContaining('Did you mean watch?') as unknown,
    });
  });

  test('watched, a change is in force at once; a mistake leaves the policies, and health() says why', async () => {
    put('roles.yaml', ROLES);
    const { guard, log } = await guards.open({ policyFiles: { folder, watch: true } });
    put('roles.yaml', ROLES.replace('Todo:Process', 'Todo:Reject'));
    await eventually(async () => (await rightsOf(guard, ANN)).includes('Todo:Reject'));
    put('roles.yaml', ROLES.replace('Todo:Process', 'Todo:Rejct'));
    await eventually(() =>
      log.some(({ message }) => message === 'the changed policy files are not in force'),
    );
    expect((await guard.health()).policyFiles).toContain('roles.yaml:4:14: ');
    expect(await rightsOf(guard, ANN)).toEqual(['Todo:Reject']);
    put('roles.yaml', ROLES);
    await eventually(async () => (await rightsOf(guard, ANN)).includes('Todo:Process'));
    await eventually(async () => !('policyFiles' in (await guard.health())));
  });

  /** Writes a file at once, as what deploys files does. */
  const replace = (name: string, text: string): void => {
    put(`.${name}`, text);
    renameSync(join(folder, `.${name}`), join(folder, name));
  };

  test('files that change while they are applied do not take back what another process has applied', async () => {
    const place = guards.place();
    const opened = await openStore(place.options);
    const shared = Object.create(opened, { close: { value: async () => undefined } }) as Store;
    replace('roles.yaml', ROLES);
    // Another process is faster with a newer file, between the plan and the change.
    let other: Promise<Guard> | undefined;
    const faster = async (): Promise<void> => {
      if (other !== undefined) return;
      replace('roles.yaml', ROLES.replace('Todo:Process', 'Todo:Reject'));
      other = guards.make({ store: shared, policyFiles: folder });
      await other;
    };
    const values: Store['values'] = (namespace) => {
      const kept = opened.values(namespace);
      const set: typeof kept.set = async (key, ...rest) => {
        if (key === 'policy-file-tenants') await faster();
        return kept.set(key, ...rest);
      };
      return Object.create(kept, { set: { value: set } }) as typeof kept;
    };
    const slow = Object.create(shared, { values: { value: values } }) as Store;
    try {
      const guard = await guards.make({ store: slow, policyFiles: folder });
      expect(await rightsOf(guard, ANN)).toEqual(['Todo:Reject']);
      expect(await guard.api.policies.history({}, ADMIN_USER)).toHaveLength(1);
      await guard.close();
    } finally {
      await (await other)?.close();
      await opened.close();
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, userDirectory, type Guard } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../../support/guards.js';
import { CLAIM } from '../../../support/case-models.js';
import { onStores } from '../../../support/stores.js';

const MANAGED = `securityRoles:
  managers:
    rights: [SecurityRole:Manage]
    holders: [{ user: mia }]
`;
const WORKERS = `securityRoles:
  workers:
    rights: [Todo:Process]
`;

onStores('what policy files state is checked as changes through the API are', (kind) => {
  const guards = new Guards(kind);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plan-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const entriesOf = async (guard: Guard): Promise<string[]> =>
    (await guard.as(ADMIN_USER).policies.read()).entries.map(({ kind: of, id }) => `${of} ${id}`);

  test('a role that no model declares is refused with its line and the nearest, in each form of file', async () => {
    const place = guards.place();
    await (await guards.make({ place, models: { CLAIM } })).close();
    put('case-authorization.properties', '# ours\n\nCANCEL_CASE=ownr\n');
    const line = await refusal(guards.open({ policyFiles: folder, place }));
    expect(line).toMatchObject({ code: 'bad-policy', status: 400 });
    expect(line.message).toMatch(
      /case-authorization\.properties:3:1: CANCEL_CASE: no model declares the role "ownr"\. Did you mean owner\?/,
    );
    put('case-authorization.properties', 'CANCEL_CASE=owner,approver\n');
    put('c.yaml', 'cases:\n  fields:\n    data.salary:\n      roles: [aprover]\n');
    const path = await refusal(guards.open({ policyFiles: folder, place }));
    expect(path.message).toMatch(
      /c\.yaml:3:5: data\.salary: no model declares the role "aprover"\. Did you mean approver\?/,
    );
    const guard = await guards.make({ policyFiles: { folder, allowUnknownModels: true }, place });
    expect(await entriesOf(guard)).toEqual(['case-field data.salary', 'case-operation CANCEL_CASE']);
  });

  test('an internal right is given only with allowInternal, also one that is in force already', async () => {
    const place = guards.place();
    const first = await guards.make({ place });
    const { securityRoles } = first.as(person('root', 'SYSTEM')).policies;
    await securityRoles.save('testers', { rights: ['Testing:All'] }, { allowInternal: true });
    await first.close();
    put('r.yaml', 'securityRoles:\n  debuggers:\n    rights: [Todo:Process, Testing:All]\n');
    const refused = await refusal(guards.open({ policyFiles: folder, place }));
    expect(refused.code).toBe('bad-policy');
    expect(refused.message).toMatch(/r\.yaml:2:3: .*"debuggers" gives the internal right Testing:All/);
    const allowed = await guards.make({ policyFiles: { folder, allowInternal: true }, place });
    expect(await entriesOf(allowed)).toContain('security-role debuggers');
    await allowed.close();
    expect((await refusal(guards.open({ policyFiles: folder, place }))).message).toContain('allowInternal');
  });

  test('the last active manager of security roles stays', async () => {
    const directory = userDirectory(await openStore({ memory: true }));
    for (const userName of ['mia', 'admin'])
      await directory.add({ userName, userGroups: userName === 'admin' ? ['ADMIN'] : [] });
    put('a.yaml', MANAGED);
    const place = guards.place();
    const guard = await guards.make({ directory, place, policyFiles: { folder, watch: true } });
    put('a.yaml', WORKERS);
    const why = await eventually(async () => (await guard.health()).policyFiles);
    expect(why).toContain('The policy files were not applied. At least one active user or group');
    expect(await guard.api.policies.securityRoles.mine(person('mia'))).toEqual(['SecurityRole:Manage']);
    await guard.close();
    expect(await refusal(guards.open({ directory, place, policyFiles: folder }))).toMatchObject({
      code: 'wrong-state',
      status: 409,
    });
    await directory.change('mia', { disabled: true });
    const after = await guards.make({ directory, place, policyFiles: folder });
    expect(await entriesOf(after)).toEqual(['security-role workers']);
  });

  test('nothing of any tenant is applied when one of them is refused', async () => {
    put('a.yaml', WORKERS);
    put('b.yaml', 'tenant: acme\nsecurityRoles:\n  testers:\n    rights: [Testing:All]\n');
    const place = guards.place();
    expect((await refusal(guards.open({ policyFiles: folder, place }))).message).toContain('b.yaml:3:3');
    expect(await entriesOf(await guards.make({ place }))).toEqual([]);
  });

  test('sections end with switchOffSections alone, and with them what was made about them by hand', async () => {
    const sections = 'sections:\n  s:\n    permissions: [{ user: ann, permissions: [read] }]\n';
    put('a.yaml', `${sections}${WORKERS}`);
    const place = guards.place();
    const first = await guards.make({ place, policyFiles: folder });
    const { policies } = first.as(ADMIN_USER);
    await policies.sections.create('t', { parent: 's' });
    await policies.sections.permissions.give({ section: 't' }, { user: 'ben' }, ['read']);
    await first.close();
    put('a.yaml', WORKERS);
    const refused = await refusal(guards.open({ place, policyFiles: folder }));
    expect(refused.code).toBe('bad-policy');
    expect(refused.message).toMatch(
      /section ROOT came from the policy file a\.yaml, and no file states it any more: ROOT cannot be removed/,
    );
    expect(refused.message).toMatch(/switchOffSections: true,.*--switch-off-sections.*policy release/);
    const guard = await guards.make({ place, policyFiles: { folder, switchOffSections: true } });
    expect(await entriesOf(guard)).toEqual(['security-role workers']);
    expect((await guard.as(ADMIN_USER).policies.sections.tree()).sections).toEqual([]);
  });
});

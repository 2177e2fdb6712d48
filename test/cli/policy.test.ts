import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CouldNotTell, openStore, userDirectory } from 'bpmn-guard';
import { PolicyBook } from '../../src/engine/policy-book/policy-book.js';
import { ADMIN_USER, Guards, person } from '../support/guards.js';
import { onStores } from '../support/stores.js';
import { Prepared, run } from './running.js';

const ROLES = 'securityRoles:\n  clerk:\n    rights: [Todo:Process]\n    holders: [{ user: ann }]\n';
const HOLDER = '["clerk","user","ann"]';

onStores('policies on the command line', (kind) => {
  const guards = new Guards(kind);
  const on = new Prepared(guards);

  test('are checked without a store, each error with its position', async () => {
    on.put('roles.yaml', ROLES);
    expect(await run(['policy', 'check', on.folder])).toEqual({
      code: 0,
      out: ['no mistakes in 2 entries'],
      err: [],
    });
    const wrong = on.put('wrong.yaml', 'securityRoles:\n  a:\n    rights: [Todo:Proces]\nduty: []\n');
    const { code, out } = await run(['policy', 'check', wrong]);
    expect([code, out]).toEqual([
      1,
      [
        expect.stringMatching(/^wrong\.yaml:3:14: .*Did you mean Todo:Process\?$/),
        expect.stringMatching(/^wrong\.yaml:4:1: Policies have no "duty"/),
      ],
    ]);
    const json = await run(['policy', 'check', '--json', wrong]);
    expect(JSON.parse(json.out[0] as string)).toMatchObject({ file: 'wrong.yaml', line: 3, column: 14 });
    expect((await run(['policy', 'check', path.join(on.folder, 'absent')])).code).toBe(1);
  });

  test('are compared with the store, applied as one version, and are in force in the next guard', async () => {
    const file = on.put('roles.yaml', ROLES);
    const plan = { code: 1, out: ['+ security-role clerk', `+ security-role-holder ${HOLDER}`], err: [] };
    expect(await run(['policy', 'diff', on.folder, ...on.at])).toEqual(plan);
    expect(await run(['policy', 'apply', file, '--reason', 'the desk opens', ...on.at])).toEqual({
      ...plan,
      code: 0,
    });
    expect(await run(['policy', 'diff', on.folder, ...on.at])).toEqual({ code: 0, out: [], err: [] });
    expect((await run(['policy', 'apply', on.folder, ...on.at])).out).toEqual(['nothing to change']);
    const { out } = await run(['policy', 'history', '--json', ...on.at]);
    expect(out.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        version: 1,
        source: 'file',
        reason: 'the desk opens',
        userName: expect.stringMatching(/^command-line:/),
      }),
    ]);
    const shown = (await run(['policy', 'history', ...on.at])).out;
    expect(shown[1]).toMatch(/^1 .* command-line:\S+ +file +2 +the desk opens$/);
    const store = await openStore(on.place.options);
    expect(await store.audit.find({ limit: 5 })).toEqual([
      expect.objectContaining({ operation: 'system:policy', after: { version: 1, count: 2 } }),
    ]);
    await store.close();
    const guard = await guards.make({ place: on.place });
    expect(await guard.api.policies.securityRoles.mine(person('ann'))).toEqual(['Todo:Process']);
  });

  test('what was given through the API for their roles stays, and the difference names it', async () => {
    on.put('a.yaml', ROLES);
    await run(['policy', 'apply', on.folder, ...on.at]);
    const guard = await guards.make({ place: on.place });
    const { securityRoles } = guard.as(ADMIN_USER).policies;
    const [{ name: ofFile } = { name: '' }] = await securityRoles.list();
    await securityRoles.save('own', { rights: ['Todo:Read'] });
    for (const name of [ofFile, 'own']) await securityRoles.give(name, { user: 'zoe' });
    await guard.close();
    expect(await run(['policy', 'diff', on.folder, ...on.at])).toEqual({
      code: 0,
      out: [],
      err: [`stays, given through the API: security-role-holder ["${ofFile}","user","zoe"]`],
    });
    expect((await run(['policy', 'diff', '--json', on.folder, ...on.at])).out).toEqual([]);
  });

  test('are applied completely or not at all', async () => {
    on.put('a.yaml', ROLES);
    on.put('b.yaml', 'securityRoles:\n  boss: { right: [] }\n');
    const { code, err } = await run(['policy', 'apply', on.folder, ...on.at]);
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(/not applied[^]*b\.yaml:2:11: .*\(bad-policy\)$/);
    expect((await run(['policy', 'history', '--json', ...on.at])).out).toEqual([]);
  });

  test('stay in force if a folder has no policy file, which is a mistake', async () => {
    on.put('a.yaml', ROLES);
    expect((await run(['policy', 'apply', on.folder, ...on.at])).code).toBe(0);
    const empty = path.join(on.folder, '.empty');
    mkdirSync(empty);
    writeFileSync(path.join(empty, 'README.md'), 'None yet.\n');
    for (const args of [['check'], ['diff', ...on.at], ['apply', ...on.at], ['apply', on.folder, ...on.at]]) {
      const [command, ...rest] = args as [string, ...string[]];
      const { code, out, err } = await run(['policy', command, empty, ...rest]);
      expect(code).toBe(1);
      expect([...out, ...err].join('\n')).toContain('This folder contains no policy file');
    }
    expect((await run(['policy', 'export', ...on.at])).out.join('\n')).toContain('clerk');
    const nothing = path.join(empty, 'nothing.yaml');
    writeFileSync(nothing, '{}\n');
    expect((await run(['policy', 'apply', empty, ...on.at])).out).toContain('- security-role clerk');
  });

  test('made through the API can be exported and applied again', async () => {
    const guard = await guards.make({ place: on.place });
    const { securityRoles } = guard.as(ADMIN_USER).policies;
    await securityRoles.save('clerk', { rights: ['Todo:Process'] });
    await securityRoles.give('clerk', { group: 'desk' });
    await guard.close();
    const output = path.join(on.folder, 'all.yaml');
    expect((await run(['policy', 'export', '--output', output, ...on.at])).code).toBe(0);
    const text = readFileSync(output, 'utf8');
    expect((await run(['policy', 'export', ...on.at])).out.join('\n')).toBe(text.trimEnd());
    expect((await run(['policy', 'export', '--version', '1', ...on.at])).out.join('\n')).not.toContain(
      'desk',
    );
    expect((await run(['policy', 'export', '--version', '9', ...on.at])).code).toBe(1);
    // It has the same values, but is managed by the file from now on.
    expect((await run(['policy', 'apply', output, ...on.at])).out).toHaveLength(2);
    expect((await run(['policy', 'export', ...on.at])).out.join('\n')).toBe(text.trimEnd());
  });

  test('are checked by the linter', async () => {
    expect(await run(['policy', 'lint', ...on.at])).toMatchObject({ code: 0, out: ['nothing found'] });
    const rule = 'Allow group "hr" to View on process "Absent"';
    const guard = await guards.make({ place: on.place });
    await guard
      .as(ADMIN_USER)
      .policies.grid.import('text', `see: ${rule}\n`, { allowUnknownModels: true } as never);
    await guard.close();
    const { code, out } = await run(['policy', 'lint', ...on.at]);
    expect([code, out]).toEqual([1, [expect.stringMatching(/: grid-rule see: .*Absent/)]]);
    const json = await run(['policy', 'lint', '--json', ...on.at]);
    expect(JSON.parse(json.out[0] as string)).toMatchObject({ rule: 'unknown-name', id: 'see' });
  });

  test('of a tenant stand in files that name it', async () => {
    on.put('acme.yaml', `tenant: acme\n${ROLES}`);
    expect((await run(['policy', 'apply', on.folder, ...on.at])).out[0]).toBe(
      '+ security-role clerk  (tenant acme)',
    );
    expect((await run(['policy', 'export', ...on.at])).out).toEqual(['{}']);
    const { out } = await run(['policy', 'export', '--tenant', 'acme', ...on.at]);
    expect(out[0]?.split('\n')[0]).toBe('tenant: "acme"');
    rmSync(path.join(on.folder, 'acme.yaml'));
    on.put('none.yaml', '# nothing\n');
    expect((await run(['policy', 'apply', on.folder, ...on.at])).out).toHaveLength(2);
    expect((await run(['policy', 'history', '--tenant', 'acme', '--json', ...on.at])).out).toHaveLength(2);
  });

  test('of a tenant are found by any spelling of its name', async () => {
    const [composed, decomposed] = ['caf\u00e9', ' cafe\u0301 '];
    on.put('cafe.yaml', `tenant: "${composed}"\n${ROLES}`);
    await run(['policy', 'apply', on.folder, ...on.at]);
    const of = async (command: string): Promise<string[]> =>
      (await run(['policy', command, '--tenant', decomposed, ...on.at])).out;
    expect((await of('export')).join()).toContain(`tenant: "${composed}"`);
    expect(await of('history')).toHaveLength(2);
    for (const command of ['export', 'history', 'lint'])
      expect(await run(['policy', command, '--tenant', ' ', ...on.at])).toMatchObject({ code: 2 });
  });

  test('of a first tenant are printed and recorded even if those of the next cannot be stored', async () => {
    on.put('a.yaml', `tenant: acme\n${ROLES}`);
    on.put('b.yaml', `tenant: beta\n${ROLES}`);
    const { prototype } = PolicyBook;
    const { change } = prototype;
    const full = new CouldNotTell('store-unavailable', 'The disk is full.');
    const fail = (): jest.SpyInstance =>
      jest.spyOn(prototype, 'change').mockImplementation(function (this: PolicyBook, ...args) {
        return args[0] === 'beta' ? Promise.reject(full) : change.apply(this, args);
      });
    const made = ['+ security-role clerk  (tenant acme)', `+ security-role-holder ${HOLDER}  (tenant acme)`];
    const failed = { code: 1, out: made, err: ['The disk is full. (store-unavailable)'] };
    try {
      const failing = fail();
      expect(await run(['policy', 'apply', on.folder, ...on.at])).toEqual(failed);
      failing.mockRestore();
      expect((await run(['policy', 'apply', on.folder, ...on.at])).code).toBe(0);
      fail();
      expect(await run(['policy', 'release', ...on.at])).toEqual(failed);
    } finally {
      jest.restoreAllMocks();
    }
    const store = await openStore(on.place.options);
    const trail = await store.audit.find({ limit: 9 });
    await store.close();
    const tenants = trail.map(({ after }) => (after as { tenant?: string } | undefined)?.tenant);
    expect(tenants.filter((name) => name === 'acme')).toHaveLength(2);
  });

  test('pass the checks of the API there too, and end sections only where that is asked for', async () => {
    const file = on.put('roles.yaml', 'sections:\n  s: {}\nsecurityRoles:\n  t: { rights: [Testing:All] }\n');
    const refused = await run(['policy', 'diff', on.folder, ...on.at]);
    expect(refused.code).toBe(1);
    expect(refused.err.join()).toMatch(/roles\.yaml:4:3: .*Testing:All: that needs allowInternal/);
    const apply = (...flags: string[]) => run(['policy', 'apply', file, ...flags, ...on.at]);
    expect((await apply('--allow-internal')).code).toBe(0);
    on.put('roles.yaml', '# nothing\n');
    const ends = await apply();
    expect(ends.code).toBe(1);
    expect(ends.err.join()).toMatch(/ROOT came from the policy file roles\.yaml.*--switch-off-sections/);
    expect((await apply('--reason', 'x'.repeat(1001))).err.join()).toContain('at most 1000 characters');
    expect((await apply('--switch-off-sections')).out).toContain('- section s');
    on.put('case-authorization.properties', 'CANCEL_CASE=ownr\n');
    const role = await run(['policy', 'apply', on.folder, ...on.at]);
    expect(role.err.join()).toMatch(/case-authorization\.properties:1:1: .*Did you mean owner\?/);
  });

  test('keep the last manager of security roles, whom the stored users name', async () => {
    const store = await openStore(on.place.options);
    await userDirectory(store).add({ userName: 'ann', userGroups: [] });
    await store.close();
    const file = on.put('roles.yaml', ROLES.replace('Todo:Process', 'SecurityRole:Manage'));
    const apply = () => run(['policy', 'apply', file, ...on.at]);
    expect((await apply()).code).toBe(0);
    on.put('roles.yaml', '# nothing\n');
    expect(await apply()).toMatchObject({ code: 1, out: [] });
    expect((await apply()).err.join()).toMatch(/At least one active user or group/);
  });

  test('are released from their files: they stay, and belong to the API', async () => {
    on.put('roles.yaml', ROLES);
    await run(['policy', 'apply', on.folder, ...on.at]);
    const release = () => run(['policy', 'release', '--reason', 'no files any more', ...on.at]);
    expect(await release()).toMatchObject({
      code: 0,
      out: ['+ security-role clerk', `+ security-role-holder ${HOLDER}`],
    });
    expect((await release()).out).toEqual(['nothing to change']);
    const guard = await guards.make({ place: on.place });
    const { securityRoles, history } = guard.as(ADMIN_USER).policies;
    expect((await history())[0]).toMatchObject({ reason: 'no files any more' });
    await securityRoles.remove('clerk');
  });
});

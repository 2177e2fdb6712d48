import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_USER, Guards, refusal } from '../../../support/guards.js';
import { onStores } from '../../../support/stores.js';

const FILE = 'sections:\n  s: {}\nsecurityRoles:\n  clerks:\n    rights: [Todo:Process]\n';
const ACME = 'tenant: acme\nsecurityRoles:\n  clerks:\n    rights: [Todo:Reject]\n';

onStores('policies that came from files', (kind) => {
  const guards = new Guards(kind);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'apply-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  test('are released on demand: they stay, and are changed through the API, in every tenant', async () => {
    put('a.yaml', FILE);
    put('b.yaml', ACME);
    const place = guards.place();
    await (await guards.make({ place, policyFiles: folder })).close();
    const bound = await guards.make({ place });
    const asked = bound.as(ADMIN_USER).policies.securityRoles.save('clerks', { rights: [] });
    expect(await refusal(asked)).toMatchObject({
      code: 'managed-by-file',
      message: expect.stringMatching(
        /bpmn-guard policy release, or policyFiles: \{ release: true \}/,
      ) as unknown,
    });
    await bound.close();
    const { guard, log } = await guards.open({ place, policyFiles: { release: true } });
    const { policies } = guard.as(ADMIN_USER);
    const { entries } = await policies.read();
    expect(entries.map(({ id }) => id)).toEqual(expect.arrayContaining(['ROOT', 's', 'clerks']));
    expect(entries.filter(({ file }) => file !== undefined)).toEqual([]);
    expect((await policies.history())[0]).toMatchObject({
      source: 'file',
      reason: 'released from policy files',
      count: entries.length,
    });
    expect(log.filter(({ message }) => message === 'what policy files stated was released')).toHaveLength(2);
    expect(await guard.store.audit.find({ limit: 10 })).toContainEqual(
      expect.objectContaining({ tenantId: 'acme', reason: 'released from policy files' }),
    );
    const admin = { userName: 'admin', tenantId: 'acme', userGroups: ['ADMIN'] };
    await guard.as(admin).policies.securityRoles.save('clerks', { rights: [] });
    const removals = entries.map(({ kind: of, id }) => ({ kind: of, id, value: null }));
    await policies.apply(removals, { switchOffSections: true });
    await guard.close();
    // A guard without files later finds nothing to release, and makes no version.
    const again = await guards.make({ place, policyFiles: { release: true } });
    expect(await again.api.policies.version(ADMIN_USER)).toBe(3);
    expect((await again.as(ADMIN_USER).policies.read()).entries).toEqual([]);
  });

  test('that were released go back to files that state them; what these leave out stays', async () => {
    put('a.yaml', FILE);
    const place = guards.place();
    await (await guards.make({ place, policyFiles: folder })).close();
    await (await guards.make({ place, policyFiles: { release: true } })).close();
    put('a.yaml', FILE.slice(FILE.indexOf('securityRoles')));
    const guard = await guards.make({ place, policyFiles: folder });
    const { entries } = await guard.as(ADMIN_USER).policies.read();
    expect(entries.filter(({ file }) => file !== undefined).map(({ id }) => id)).toEqual(['clerks']);
    expect(entries.map(({ id }) => id)).toEqual(expect.arrayContaining(['ROOT', 's']));
  });

  test('are either read from a folder or released', async () => {
    for (const wrong of [
      {},
      { release: false },
      { release: true, folder },
      { folder, release: true, watch: true },
    ])
      expect(await refusal(guards.open({ policyFiles: wrong as never }))).toMatchObject({
        code: 'bad-configuration',
      });
  });
});

import { CASES } from '../../support/cases.js';
import { Child } from '../../support/child.js';
import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { onMongo, onStores } from '../../support/stores.js';

const ENTRIES = 300;
/** Reads that are made side by side, between two looks at the version. */
const AT_ONCE = 8;

onStores('policies after kill -9', (kind) => {
  const guards = new Guards(kind);
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
  });

  test('a version is there whole or not at all, and none that was acknowledged is missing', async () => {
    const place = guards.place();
    await (await guards.make({ place })).close();
    for (let round = 1; round <= 3 * CASES; round++) {
      // Each version is larger than one document takes.
      const child = new Child('policies.mjs', { store: place.options, mode: 'sets', entries: ENTRIES });
      children.push(child);
      await child.said(2 + (round % 3));
      await child.kill();
      const acknowledged = child.facts.at(-1)?.version as number;
      const guard = await guards.make({ place });
      const { version, entries } = await guard.as(ADMIN_USER).policies.read();
      expect([acknowledged, acknowledged + 1]).toContain(version);
      const said = entries.map(({ value }) => (value as { says: string }).says.split(' ')[0]);
      expect([said.length, new Set(said).size]).toEqual([ENTRIES, 1]);
      await guard.close();
    }
  });
});

onMongo('policies of two processes', () => {
  const guards = new Guards('mongo');

  test('no call decides by a version older than the newest at its start', async () => {
    const changes = 500 * CASES;
    const place = guards.place();
    const guard = await guards.make({ place });
    const admin = guard.as(ADMIN_USER).policies;
    await admin.securityRoles.save('seers', { rights: ['Todo:Read_Own'] });
    const first = await admin.version();
    const child = new Child('policies.mjs', { store: place.options, mode: 'given', changes });
    let [reads, certain] = [0, 0];
    for (let newest = first; newest < first + changes;) {
      const before = await admin.version();
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => guard.api.policies.securityRoles.mine(person('ann'))),
      );
      newest = await admin.version();
      const holds = new Set<boolean>();
      // The state of any version from the start of the call to its end may be the answer.
      for (let version = before; version <= newest; version++) holds.add((version - first) % 2 === 1);
      for (const rights of answers) expect([...holds]).toContain(rights.length === 1);
      reads += AT_ONCE;
      if (holds.size === 1) certain += AT_ONCE;
    }
    await child.said(changes);
    await child.kill();
    // Nothing would be shown by reads that every answer satisfies.
    expect(certain).toBeGreaterThan(5);
    expect(reads).toBeGreaterThan(certain);
  });
});

import type { PolicyChange, PolicyVersion, Store } from '../../../src/store/port.js';

const change = (id: string, value: unknown = { text: id }): PolicyChange => ({ kind: 'k', id, value });
const version = (
  tenantId: string | null,
  number: number,
  more: Partial<PolicyVersion> = {},
): PolicyVersion => ({
  tenantId,
  version: number,
  time: new Date(number),
  userName: 'admin',
  source: 'api',
  count: 1,
  changes: [change(`of ${number}`)],
  ...more,
});
const numbers = (found: readonly PolicyVersion[]): number[] => found.map((one) => one.version);

/** The log of the policy sets. */
export function policies(store: () => Store): void {
  test('each tenant has its own versions; without configuration the newest is 0', async () => {
    const log = store().policies;
    expect(await log.head('nobody')).toBe(0);
    expect(await log.append(version('acme', 1), [])).toBe(true);
    expect(await log.append(version('acme', 2), [])).toBe(true);
    expect(await log.append(version(null, 1), [])).toBe(true);
    // Names that look like parts of a place, or of another name.
    expect(await log.append(version('acme"/v/', 1), [])).toBe(true);
    expect(await log.append(version('acm', 1), [])).toBe(true);
    expect(
      await Promise.all([null, 'acme', 'acm', 'acme"/v/', 'null', 'ac'].map((name) => log.head(name))),
    ).toEqual([1, 2, 1, 1, 0, 0]);
    const [first, second] = await log.versions('acme', { limit: 10 });
    expect(first).toEqual(version('acme', 1));
    expect(second).toEqual(version('acme', 2));
  });

  test('of many concurrent additions of one version one succeeds, and the others leave nothing', async () => {
    const log = store().policies;
    const ids = Array.from({ length: 10 }, (_, i) => `race-${i}`);
    const results = await Promise.all(
      ids.map((id) => {
        const { changes, ...facts } = version('race', 1, { userName: id, parts: { id, count: 1 } });
        return log.append(facts, [changes ?? []]);
      }),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    const winner = ids[results.indexOf(true)];
    expect(await log.versions('race', { limit: 10 })).toMatchObject([{ userName: winner }]);
    const parts = await Promise.all(ids.map((id) => log.part(id, 0)));
    expect(parts.map((part) => part !== undefined)).toEqual(results);
    expect(await log.append(version('race', 1), [])).toBe(false);
  });

  test('versions are read in order, in ranges, and newest first', async () => {
    const log = store().policies;
    for (let number = 1; number <= 12; number++) await log.append(version('many', number), []);
    const read = async (range: Omit<Parameters<typeof log.versions>[1], 'limit'>, limit = 100) =>
      numbers(await log.versions('many', { ...range, limit }));
    expect(await read({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(await read({ after: 8, upTo: 10 })).toEqual([9, 10]);
    expect(await read({ after: 8 }, 2)).toEqual([9, 10]);
    expect(await read({ newestFirst: true }, 3)).toEqual([12, 11, 10]);
    expect(await read({ newestFirst: true, upTo: 10, after: 9 })).toEqual([10]);
    expect(await read({ after: 12 })).toEqual([]);
    expect(await read({ after: 5, upTo: 4 })).toEqual([]);
    expect(await read({}, 0)).toEqual([]);
  });

  test('large changes are stored in ordered parts; values survive a round trip', async () => {
    const log = store().policies;
    const parts = [
      [change('a', { list: [1, 'x', null, { deep: true }] }), change('b', null)],
      [change('c', 'ü'.repeat(100_000))],
    ];
    const { changes: _none, ...facts } = version('parts', 1, { parts: { id: 'p', count: 2 }, count: 3 });
    await log.append(facts, parts);
    expect(await log.versions('parts', { limit: 1 })).toEqual([facts]);
    expect([await log.part('p', 0), await log.part('p', 1)]).toEqual(parts);
    expect([await log.part('p', 2), await log.part('other', 0)]).toEqual([undefined, undefined]);
  });

  test('the newest snapshot up to a version is found; the first snapshot of a version is kept', async () => {
    const log = store().policies;
    const snapshot = (number: number, id: string) => ({
      tenantId: 'snap',
      version: number,
      parts: { id, count: 1 },
    });
    for (const number of [2, 10, 100]) await log.addSnapshot(snapshot(number, `s${number}`), [[change('x')]]);
    await log.addSnapshot(snapshot(10, 'later'), [[change('y')]]);
    const found = await Promise.all([1, 2, 9, 10, 99, 1000].map((upTo) => log.snapshot('snap', upTo)));
    expect(found.map((one) => one?.parts.id)).toEqual([undefined, 's2', 's2', 's10', 's10', 's100']);
    expect(await log.snapshot('other', 1000)).toBeUndefined();
    expect([await log.part('s10', 0), await log.part('later', 0)]).toEqual([[change('x')], undefined]);
    // A snapshot is no version.
    expect(await log.head('snap')).toBe(0);
  });

  test('a tenant is a text or null', async () => {
    const log = store().policies;
    const wrong = undefined as unknown as string;
    await expect(log.head(wrong)).rejects.toMatchObject({ code: 'failed' });
    await expect(log.versions(wrong, { limit: 1 })).rejects.toMatchObject({ code: 'failed' });
  });
}

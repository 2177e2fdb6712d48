import type { HeldLock, LockOwner, Store } from '../../../src/store/port.js';

const owner = (nonce: string): LockOwner => ({ host: 'h', pid: 1, nonce });
const never = (): boolean => false;
const always = (): boolean => true;
const soon = (): Date => new Date(Date.now() + 60_000);

/** Locks: one holder, taken over only from who is gone. */
export function locks(store: () => Store): void {
  test('of 50 contenders one gets the lock, and another one after its release', async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => store().locks.acquire('one', owner(`${i}`), soon(), never)),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    const winner = owner(String(results.indexOf(true)));
    await store().locks.release('one', owner('stranger'));
    expect(await store().locks.acquire('one', owner('next'), soon(), never)).toBe(false);
    await store().locks.release('one', winner);
    expect(await store().locks.acquire('one', owner('next'), soon(), never)).toBe(true);
  });

  test('of 20 contenders for a stale lock one wins, and the former holder loses it', async () => {
    const until = new Date(Date.now() - 1000);
    const stale = ({ until: end }: HeldLock): boolean => end !== undefined && end.getTime() < Date.now();
    expect(await store().locks.acquire('stale', owner('gone'), until, never)).toBe(true);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store().locks.acquire('stale', owner(`${i}`), soon(), stale)),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await store().locks.renew('stale', owner('gone'), soon())).toBe(false);
    await store().locks.release('stale', owner('gone'));
    expect((await store().locks.list()).find(({ id }) => id === 'stale')?.owner).toEqual(
      owner(String(results.indexOf(true))),
    );
  });

  test('a renewed lock has a new expiry, and staleness is checked on the present holder', async () => {
    const [first, second] = [soon(), new Date(Date.now() + 120_000)];
    await store().locks.acquire('renewed', owner('a'), first, never);
    expect(await store().locks.renew('renewed', owner('a'), second)).toBe(true);
    expect(await store().locks.renew('renewed', owner('b'), second)).toBe(false);
    const seen: HeldLock[] = [];
    const look = (held: HeldLock): boolean => seen.push(held) < 0;
    expect(await store().locks.acquire('renewed', owner('b'), soon(), look)).toBe(false);
    expect(seen).toEqual([
      { id: 'renewed', owner: owner('a'), time: expect.any(Date) as unknown, until: second },
    ]);
    expect(await store().locks.acquire('renewed', owner('b'), soon(), always)).toBe(true);
    expect(await store().locks.renew('renewed', owner('a'), second)).toBe(false);
  });
}

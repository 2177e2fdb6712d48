import { hostname } from 'node:os';
import { spaceOfPids } from '../../src/store/alive.js';
import { announce, PRESENCE, usersOf } from '../../src/store/presence.js';
import type { HeldLock, Store, ValueStore } from '../../src/store/port.js';

const OWNER = { host: 'here', pid: 7, nonce: 'n' };

/** A store that notes what is done to its values. */
function noting(
  kind: Store['kind'],
  fails = false,
): { store: Pick<Store, 'kind' | 'values'>; said: string[] } {
  const said: string[] = [];
  const note = async (what: string): Promise<never> => {
    said.push(what);
    if (fails) throw new Error('away');
    return undefined as never;
  };
  const values = (namespace: string): ValueStore => ({
    get: () => note(`get ${namespace}`),
    set: (key, value, expires) =>
      note(`set ${namespace} ${key} ${JSON.stringify(value)} ${expires?.getTime()}`),
    add: (key) => note(`add ${namespace} ${key}`),
    delete: (key) => note(`delete ${namespace} ${key}`),
    entries: () => note(`entries ${namespace}`),
  });
  return { store: { kind, values }, said };
}

describe('A process that has a database open', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());

  test('says so, goes on saying so while it is alive, and takes it back', async () => {
    const { store, said } = noting('mongo');
    const leave = await announce(store, OWNER);
    await jest.advanceTimersByTimeAsync(40_000);
    const told = (at: number): string => `set ${PRESENCE} n {"host":"here","pid":7} ${at + 90_000}`;
    expect(said).toEqual([told(0), told(20_000), told(40_000)]);
    await leave();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(said.slice(3)).toEqual([`delete ${PRESENCE} n`]);
  });

  test('works on when it could not be said', async () => {
    const { store, said } = noting('mongo', true);
    const leave = await announce(store, OWNER);
    await jest.advanceTimersByTimeAsync(20_000);
    await leave();
    expect(said).toHaveLength(3);
  });

  test.each(['embedded', 'memory'] as const)('says nothing in a store that is %s', async (kind) => {
    const { store, said } = noting(kind);
    await (
      await announce(store, OWNER)
    )();
    expect(said).toEqual([]);
  });

  test('uses it as long as it is there, and each is named once', () => {
    jest.setSystemTime(1_000_000);
    const [ours, dead, space] = [process.pid, 2 ** 22 + 1, spaceOfPids()];
    const lock = (pid: number, host: string, until: number): HeldLock => {
      return { id: 'i', owner: { host, pid, space, nonce: 'n' }, time: new Date(0), until: new Date(until) };
    };
    const locks: HeldLock[] = [
      lock(1, 'elsewhere', 1_000_000 - 29_000),
      lock(2, 'elsewhere', 1_000_000 - 30_000),
      lock(dead, hostname(), 2_000_000),
      { id: 'unguarded', time: new Date(1_000_000 - 600_000) },
      { id: 'left', time: new Date(1_000_000 - 600_001) },
    ];
    const present = [
      { host: hostname(), pid: ours, space },
      { host: hostname(), pid: dead, space },
      { host: hostname(), pid: dead + 1, space: 'of another container' },
      { host: 'elsewhere', pid: 1 },
    ];
    expect(usersOf(locks, present)).toEqual([
      'process 1 on elsewhere',
      'a bpmn-server',
      `process ${ours} on ${hostname()}`,
      `process ${dead + 1} on ${hostname()}`,
    ]);
  });
});

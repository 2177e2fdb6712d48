import type { Calls } from '../../../src/engine/enforcement/calls.js';
import { complete, install } from '../../../src/engine/enforcement/facade-parts.js';
import { MANIFEST } from '../../../src/engine/enforcement/manifest.js';

const run = jest.fn(
  (_user: unknown, _operation: string, _target: unknown, work: (call: unknown) => unknown) =>
    work({ assert }),
);
const assert = jest.fn();
const store = { install: jest.fn(async () => undefined) };
const calls = { run, store } as unknown as Calls;
beforeEach(() => jest.clearAllMocks());

const refusedOf = (host: string): [string, string][] =>
  Object.entries(MANIFEST[host] ?? {}).flatMap(([name, coverage]) =>
    'refused' in coverage ? [[name, coverage.refused] as [string, string]] : [],
  );

test.each(Object.keys(MANIFEST).filter((host) => refusedOf(host).length > 0))(
  'what nobody may reach of %s refuses, with the reason',
  async (host) => {
    const members = complete(calls, host, { own: 'kept' });
    expect(members.own).toBe('kept');
    expect(Object.isFrozen(members)).toBe(true);
    expect(Object.keys(members)).toEqual(['own', ...refusedOf(host).map(([name]) => name)]);
    for (const [name, why] of refusedOf(host)) {
      run.mockClear();
      await expect((members[name] as () => Promise<unknown>)()).rejects.toThrow(
        expect.objectContaining({
          code: 'forbidden',
          message: `${host}.${name} is not available to callers: ${why}.`,
        }),
      );
      expect(run.mock.calls[0]?.slice(0, 3)).toEqual([
        undefined,
        'system:policy',
        { kind: 'system', name: `${host}.${name}` },
      ]);
    }
  },
);

test('a member that was given stays, though it could be refused', () => {
  const [host = ''] = Object.keys(MANIFEST).filter((name) => refusedOf(name).length > 0);
  const [[name] = ['']] = refusedOf(host);
  expect(complete(calls, host, { [name]: 'given' })[name]).toBe('given');
  expect(complete(calls, 'unknown', {})).toEqual({});
});

test('the indexes are made for who may change the policies, and for nobody else', async () => {
  await install(calls);
  expect(run.mock.calls[0]?.slice(0, 3)).toEqual([undefined, 'system:policy', { kind: 'system' }]);
  expect(assert.mock.calls).toEqual([['system:policy', {}, true]]);
  expect(store.install).toHaveBeenCalledTimes(1);
  assert.mockImplementationOnce(() => {
    throw new Error('refused');
  });
  await expect(install(calls)).rejects.toThrow('refused');
  expect(store.install).toHaveBeenCalledTimes(1);
});

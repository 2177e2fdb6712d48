import { strictly, takesAtMost } from '../../../src/engine/enforcement/strict-arguments.js';

const sum = async (...of: number[]): Promise<number> => of.length;
const refused = (message: string): Error =>
  expect.objectContaining({ code: 'bad-request', message }) as Error;

test('what stands behind the last argument is refused', async () => {
  const one = takesAtMost(1, 'data.find', sum as (...of: unknown[]) => Promise<number>);
  const two = takesAtMost(2, 'data.find', sum as (...of: unknown[]) => Promise<number>);
  expect([await one(), await one(1), await two(1, 2)]).toEqual([0, 1, 2]);
  await expect(one(1, 2)).rejects.toThrow(refused('data.find takes at most 1 argument.'));
  await expect(two(1, 2, 3)).rejects.toThrow(refused('data.find takes at most 2 arguments.'));
  await expect(one(1, undefined, 3)).rejects.toThrow(refused('data.find takes at most 1 argument.'));
});

test('unless it is nothing: no value, or an empty object', async () => {
  const one = takesAtMost(1, 'data.find', sum as (...of: unknown[]) => Promise<number>);
  for (const nothing of [undefined, null, {}]) expect(await one(1, nothing)).toBe(2);
  for (const something of [0, '', false, [], { a: 1 }])
    await expect(one(1, something)).rejects.toThrow('takes at most');
});

test('the members of an object take as many arguments as they declare', async () => {
  const host = strictly('host', { get: async (id: string) => id, all: async () => 'all' });
  expect([await host.get('a'), await host.all()]).toEqual(['a', 'all']);
  await expect((host.get as (...of: unknown[]) => Promise<unknown>)('a', 'b')).rejects.toThrow(
    refused('host.get takes at most 1 argument.'),
  );
  await expect((host.all as (...of: unknown[]) => Promise<unknown>)('a')).rejects.toThrow(
    refused('host.all takes at most 0 arguments.'),
  );
});

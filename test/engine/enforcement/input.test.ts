import type { Call } from '../../../src/engine/enforcement/call.js';
import { assertInput } from '../../../src/engine/enforcement/input.js';
import type { HostModels } from '../../../src/engine/execution/host-models.js';
import type { StoredInstance } from '../../../src/store/port.js';

const models = {} as HostModels;
const instance = (more: object = {}): StoredInstance =>
  ({
    id: 'i',
    tokens: [{ id: 1, dataPath: 'loop.2' }, { id: 2, dataPath: '' }, { id: 3 }],
    guard: { initiators: ['requester'] },
    data: { requester: 'ann' },
    ...more,
  }) as unknown as StoredInstance;

/** The paths of which is asked whether they may be written. */
async function asked(data: Record<string, unknown>, tokenId?: unknown, more?: object): Promise<string[]> {
  const paths: string[] = [];
  const assertWritable = (_of: unknown, given: string[]): unknown => paths.push(...given);
  await assertInput(models, { assertWritable } as unknown as Call, instance(more), data, tokenId);
  return paths;
}

test('input is written to the part of its item, variables to the instance', async () => {
  expect(await asked({ a: 1, 'vars.b': 2 }, 1)).toEqual(['loop.2.a', 'b']);
  expect(await asked({ a: 1 }, 2)).toEqual(['a']);
  expect(await asked({ a: 1 }, 3)).toEqual(['a']);
  expect(await asked({ a: 1 }, 4)).toEqual(['a']);
  expect(await asked({ a: 1, 'vars.b': 2 })).toEqual(['a', 'b']);
  expect(await asked({ a: 1 }, undefined, { tokens: [{ dataPath: 'other' }] })).toEqual(['a']);
  expect(await asked({ a: 1 }, 1, { tokens: undefined })).toEqual(['a']);
  expect(await asked({})).toEqual([]);
});

test('the initiator may be repeated, and not changed', async () => {
  expect(await asked({ requester: 'ann' })).toEqual(['requester']);
  await expect(asked({ requester: 'bob' })).rejects.toThrow(
    expect.objectContaining({
      code: 'protected-variable',
      message: 'The variable "requester" holds the initiator and cannot be set.',
    }),
  );
});

test('a hidden field is refused first, so that the error reveals nothing about it', async () => {
  const call = {
    assertWritable: () => {
      throw new Error('hidden');
    },
  } as unknown as Call;
  await expect(assertInput(models, call, instance(), { requester: 'bob' })).rejects.toThrow('hidden');
});

test('names of initiators that are not stored are read from the model that the instance runs', async () => {
  const read: unknown[][] = [];
  const host = {
    definition: async (...of: unknown[]) => {
      read.push(of);
      return { processes: new Map(), elements: new Map() };
    },
    getSource: async (name: string) => `source of ${name}`,
  } as unknown as HostModels;
  const call = { assertWritable: () => undefined } as unknown as Call;
  const bare = { guard: {}, name: 'M' };
  await assertInput(host, call, instance(bare), {});
  expect(read).toEqual([]);
  await assertInput(host, call, instance({ ...bare, source: 'its own' }), { a: 1 }).catch(() => undefined);
  await assertInput(host, call, instance(bare), { a: 1 }).catch(() => undefined);
  expect(read).toEqual([
    ['M', 'its own'],
    ['M', 'source of M'],
  ]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damaged } from '../../../src/store/embedded/checksum.js';
import { examineMeanwhile } from '../../../src/store/embedded/examine-meanwhile.js';
import { Examination } from '../../../src/store/embedded/examination.js';
import { FolderBytes } from '../../../src/store/embedded/folder-bytes.js';
import type { GuardError } from '../../../src/core/errors.js';
import { eventually } from '../../support/guards.js';

jest.mock('node:timers/promises', () => ({
  ...jest.requireActual<object>('node:timers/promises'),
  setTimeout: () => new Promise((resolve) => setImmediate(resolve)),
}));

/** What is told of an examination whose parts end like that. */
async function examined(...parts: (boolean | Error)[]): Promise<{ told: unknown[]; left: number }> {
  const told: unknown[] = [];
  let damage: GuardError | undefined;
  await examineMeanwhile(
    {
      next: async () => {
        const part = parts.shift();
        if (part instanceof Error) throw part;
        return part as boolean;
      },
    },
    { exclusive: (task) => task() },
    {
      isOver: () => damage !== undefined,
      found: (error) => {
        damage = error;
        told.push(['damage', error.message]);
      },
      failed: (cause) => told.push(['failed', (cause as Error).message]),
      succeeded: () => told.push('read'),
    },
  );
  return { told, left: parts.length };
}

test('a part that cannot be read is told each time, and tried again', async () => {
  expect(await examined(false, new Error('EIO'), new Error('EIO'), false, true)).toEqual({
    told: ['read', ['failed', 'EIO'], ['failed', 'EIO'], 'read', 'read'],
    left: 0,
  });
});

test('damage is told once, and ends it', async () => {
  expect(await examined(false, damaged('a value is lost'), false)).toEqual({
    told: ['read', ['damage', 'The embedded store is damaged: a value is lost.']],
    left: 1,
  });
});

test('who asks after a part was read at last is not told that it could not be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guard-examine-'));
  const before = await FolderBytes.open(folder);
  await before.write([{ space: 'large', key: 'a', bytes: Buffer.from('a') }]);
  await before.close();
  const next = jest.spyOn(Examination.prototype, 'next').mockRejectedValue(new Error('EIO'));
  const bytes = await FolderBytes.open(folder, { examinedFirst: 0 });
  const asked = (): unknown => {
    const told: unknown[] = [];
    bytes.onWritable((state) => told.push(state))();
    return told[0];
  };
  expect(await eventually(asked)).toMatchObject({ writable: true, unread: { message: 'EIO' } });
  next.mockRestore();
  expect(await eventually(() => asked() === undefined)).toBe(true);
  await bytes.close();
  await rm(folder, { recursive: true });
});

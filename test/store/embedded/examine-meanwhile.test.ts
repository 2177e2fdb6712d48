import { damaged } from '../../../src/store/embedded/checksum.js';
import { examineMeanwhile } from '../../../src/store/embedded/examine-meanwhile.js';
import type { GuardError } from '../../../src/core/errors.js';

jest.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }));

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
    },
  );
  return { told, left: parts.length };
}

test('a part that cannot be read is told each time, and tried again', async () => {
  expect(await examined(false, new Error('EIO'), new Error('EIO'), false, true)).toEqual({
    told: [
      ['failed', 'EIO'],
      ['failed', 'EIO'],
    ],
    left: 0,
  });
});

test('damage is told once, and ends it', async () => {
  expect(await examined(false, damaged('a value is lost'), false)).toEqual({
    told: [['damage', 'The embedded store is damaged: a value is lost.']],
    left: 1,
  });
});

import { ObjectIds } from '../../../src/store/bson/object-id.js';
import { encode } from '../../../src/store/bson/codec.js';
import { EmbeddedAudit } from '../../../src/store/embedded/audit.js';
import { MemoryBytes } from '../../../src/store/embedded/memory-bytes.js';
import { Turns } from '../../../src/store/turns.js';
import type { AuditEntry } from '../../../src/store/port.js';

const entry = (userName: string): AuditEntry => ({
  time: new Date(0),
  userName,
  operation: 'task:take',
  resource: { kind: 'task' },
  answer: 'allowed',
  reason: 'tested',
});

/** A trail without an end. */
class Endless extends MemoryBytes {
  entries = 0;

  override async *scan(): AsyncGenerator<readonly [string, Uint8Array]> {
    const bytes = encode(entry('ann'));
    for (;;) {
      this.entries++;
      yield ['k', bytes];
    }
  }
}

test('a search that finds too little in a long audit trail ends with a code, and lets others run meanwhile', async () => {
  const bytes = new Endless();
  const audit = new EmbeddedAudit(bytes, new ObjectIds(), new Turns());
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await expect(
    audit.find({ userName: 'bob', limit: 1 }).finally(() => (isDone = true)),
  ).rejects.toMatchObject({
    code: 'too-expensive',
  });
  expect(turns).toBeGreaterThan(1);
  expect(bytes.entries).toBeGreaterThan(100_000);
});

test('a search reads no further than its limit', async () => {
  const bytes = new Endless();
  const audit = new EmbeddedAudit(bytes, new ObjectIds(), new Turns());
  expect(await audit.find({ userName: 'ann', limit: 5 })).toHaveLength(5);
  expect(bytes.entries).toBe(5);
});

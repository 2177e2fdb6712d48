import { randomBytes } from 'node:crypto';
import { openStore } from '../../../src/store/open.js';
import type { Store, StoredInstance, Writability } from '../../../src/store/port.js';
import { eventually } from '../../support/guards.js';
import { onSmallDisk, type SmallDisk } from '../../support/small-disk.js';

/** Nothing that could be compressed. */
const TEXT = randomBytes(3000).toString('hex');
const instance = (id: string): StoredInstance => ({
  id,
  status: 'running',
  items: [],
  data: { text: TEXT },
  logs: [id, TEXT],
  guard: { rev: 1, read: [], open: [] },
});

/** Writes, and remembers of what it was told that it is stored. */
class Writer {
  readonly acknowledged = new Map<string, number>();
  refused = 0;
  codes = new Set<string>();

  constructor(readonly store: Store) {}

  private refusedWith = (error: { code: string; message: string }): void => {
    this.refused++;
    this.codes.add(`${error.code}: ${error.message}`);
  };

  async insert(id: string): Promise<void> {
    await this.store.instances
      .insert(instance(id))
      .then(() => void this.acknowledged.set(id, 1), this.refusedWith);
  }

  /** As a command does: data and log together. */
  async change(id: string): Promise<void> {
    const rev = this.acknowledged.get(id) as number;
    const fields = { data: { text: TEXT, rev: rev + 1 }, logs: [rev + 1, TEXT], guard: { rev: rev + 1 } };
    await this.store.instances
      .update(id, rev, fields)
      .then((done) => void (done && this.acknowledged.set(id, rev + 1)), this.refusedWith);
  }

  /** What is missing, or is not what was acknowledged. */
  async wrong(store = this.store): Promise<string[]> {
    const wrong: string[] = [];
    for (const [id, rev] of this.acknowledged) {
      const found = await store.instances.load(id);
      const log = (found?.logs as unknown[] | undefined)?.[0];
      if (found?.guard?.rev !== rev || log !== (rev === 1 ? id : rev))
        wrong.push(`${id}: ${found?.guard?.rev} ${log}`);
    }
    return wrong;
  }
}

onSmallDisk('A store on a disk that fills up', 16, (disk) => {
  /** Opens it again: from now on the disk alone counts. */
  async function afterwards(writer: Writer, { folder }: SmallDisk): Promise<void> {
    expect(await writer.wrong()).toEqual([]);
    await writer.store.close();
    const store = await openStore({ folder });
    expect(await writer.wrong(store)).toEqual([]);
    expect(await store.instances.count({ filter: {} })).toBe(writer.acknowledged.size);
    await store.close();
  }

  test.each([0, 12_000, 30_000, 100_000, 400_000, 1_500_000, 4_500_000])(
    'what is acknowledged after %d bytes were left and there is space again is there at the next start',
    async (left) => {
      const { folder } = disk();
      const writer = new Writer(await openStore({ folder }));
      for (let i = 0; i < 10; i++) await writer.insert(`before${i}`);
      disk().fill(left);
      for (let i = 0; i < 4000 && writer.refused < 5; i++) await writer.insert(`full${i}`);
      for (let i = 0; i < 10; i++) await writer.change(`before${i}`);
      expect(writer.refused).toBeGreaterThan(4);
      expect([...writer.codes]).toEqual(['store-unavailable: The store cannot write (ENOSPC).']);
      disk().release();
      const { refused } = writer;
      for (let i = 0; i < 20; i++) await writer.insert(`after${i}`);
      for (let i = 0; i < 10; i++) await writer.change(`before${i}`);
      expect(writer.refused).toBe(refused);
      await afterwards(writer, disk());
    },
  );

  test('many writes at once are each stored or refused, and none is both', async () => {
    const { folder } = disk();
    const writer = new Writer(await openStore({ folder }));
    for (let round = 0; round < 6; round++) {
      disk().fill(round * 60_000);
      await Promise.all(Array.from({ length: 40 }, (_, i) => writer.insert(`r${round}-${i}`)));
      disk().release();
      await Promise.all(Array.from({ length: 10 }, (_, i) => writer.insert(`r${round}-later${i}`)));
    }
    expect(writer.refused).toBeGreaterThan(0);
    await afterwards(writer, disk());
  });

  test('a full disk while tables are written stops nothing for good: it goes on by itself, without a call', async () => {
    const { folder } = disk();
    const writer = new Writer(await openStore({ folder }));
    const told: Writability[] = [];
    writer.store.onWritable?.((state) => told.push(state));
    // More than is kept in the log: the database writes tables, in the background.
    for (let i = 0; i < 2000 && writer.refused === 0; i++) await writer.insert(`i${i}`);
    expect(writer.refused).toBe(1);
    await expect(writer.store.ping()).rejects.toMatchObject({
      code: 'store-unavailable',
      message: 'The store cannot write (ENOSPC).',
    });
    await writer.insert('again');
    expect(told).toEqual([{ writable: false, cause: expect.stringMatching(/^ENOSPC: /) as unknown }]);
    expect(JSON.stringify(told)).not.toContain(folder);
    // What is in memory is answered all the while.
    expect(await writer.store.instances.count({ filter: {} })).toBe(writer.acknowledged.size);
    disk().grow(32);
    await eventually(() => told.at(-1)?.writable);
    await writer.store.ping();
    await writer.insert('after');
    expect(writer.acknowledged.get('after')).toBe(1);
    await afterwards(writer, disk());
  });

  test('a backup for which there is no space fails, and leaves the store as it is', async () => {
    const { folder, at } = disk();
    const writer = new Writer(await openStore({ folder }));
    for (let i = 0; i < 200; i++) await writer.insert(`i${i}`);
    disk().fill(200_000);
    await expect(writer.store.backup(`${at}/copy`)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: `${at}/copy: The store cannot write (ENOSPC).`,
    });
    await expect(openStore({ folder: `${at}/copy` })).rejects.toBeDefined();
    disk().release();
    await writer.insert('after');
    await afterwards(writer, disk());
  });

  test('a start on a full disk reads what is stored, and writes when there is space', async () => {
    const { folder } = disk();
    const writer = new Writer(await openStore({ folder }));
    for (let i = 0; i < 100; i++) await writer.insert(`i${i}`);
    await writer.store.close();
    disk().fill(0);
    const again = new Writer(await openStore({ folder }));
    expect(await writer.wrong(again.store)).toEqual([]);
    await again.insert('full');
    expect([...again.codes]).toEqual(['store-unavailable: The store cannot write (ENOSPC).']);
    disk().release();
    await again.insert('after');
    expect(again.acknowledged.get('after')).toBe(1);
    await again.store.close();
  });
});

import { mkdirSync } from 'node:fs';
import { built, instanceOf, valueIn } from './store.mjs';

/** A folder as the third format of the package had it: SQLite, instances without an index. */
export const name = 'format-3';

export async function open(folder) {
  const { SqliteBytes } = await built('embedded/sqlite/sqlite-bytes.js');
  const { CheckedBytes } = await built('embedded/checked-bytes.js');
  const { writeFormat } = await built('embedded/format.js');
  const { Witness } = await built('embedded/witness.js');
  const { decode, encode } = await built('bson/codec.js');
  mkdirSync(folder, { recursive: true });
  const bytes = await SqliteBytes.open(folder);
  await writeFormat(bytes, 3);
  const checked = new CheckedBytes(bytes);
  const witness = await Witness.open(folder);
  return {
    get: async (key) => (await checked.read('instance', [key]))[0],
    async put(entries) {
      await checked.write(
        entries.map(([key, value]) => ({ space: 'instance', key, bytes: encode(instanceOf(key, value)) })),
      );
      await witness.record(checked.commit);
    },
    async *iterate(from) {
      for await (const [key, value] of checked.scan('instance', { from }))
        yield [key, valueIn(decode(value))];
    },
    async close() {
      await checked.close();
      await witness.close();
    },
  };
}

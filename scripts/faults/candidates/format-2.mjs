/** A folder as the second format of the package had it: LevelDB, values with checksums, a record of the last commit. */
export const name = 'format-2';

const built = (file) => import(new URL(`../../../dist/esm/store/embedded/${file}.js`, import.meta.url));

export async function open(folder) {
  const { LevelBytes } = await built('level-bytes');
  const { CheckedBytes } = await built('checked-bytes');
  const { writeFormat } = await built('format');
  const { Witness } = await built('witness');
  const level = await LevelBytes.open(folder);
  await writeFormat(level, 2);
  const checked = new CheckedBytes(level);
  const witness = await Witness.open(folder);
  return {
    get: async (key) => (await checked.read('value', [key]))[0],
    async put(entries) {
      await checked.write(entries.map(([key, value]) => ({ space: 'value', key, bytes: value })));
      await witness.record(checked.commit);
    },
    iterate: (from) => checked.scan('value', { from }),
    async close() {
      await checked.close();
      await witness.close();
    },
  };
}

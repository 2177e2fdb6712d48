/** LevelDB: a log and sorted tables, merged in the background. */
export const name = 'classic-level';

export async function open(folder) {
  const { ClassicLevel } = await import('classic-level');
  const level = new ClassicLevel(folder, { keyEncoding: 'utf8', valueEncoding: 'view' });
  await level.open();
  return {
    get: (key) => level.get(key),
    put: (entries) =>
      level.batch(
        entries.map(([key, value]) => ({ type: 'put', key, value })),
        { sync: true },
      ),
    iterate: (from = '') => level.iterator({ gte: from }),
    close: () => level.close(),
  };
}

/** The port over an open database with the interface of abstract-level. */
export const portOf = (level) => ({
  get: (key) => level.get(key),
  put: (entries) =>
    level.batch(
      entries.map(([key, value]) => ({ type: 'put', key, value })),
      { sync: true },
    ),
  iterate: (from = '') => level.iterator({ gte: from }),
  close: () => level.close(),
});

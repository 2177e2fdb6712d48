/** The value that says of all instances that they have the marks of a release. */
export const REINDEXED = Object.freeze({ namespace: 'guard', key: 'reindexed' });
/** The value that says how many paths all instances have marks of data for. */
export const DATA_MARKED = Object.freeze({ namespace: 'guard', key: 'dataMarked' });

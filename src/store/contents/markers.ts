/** The value that says of all instances that they have the marks of a release. */
export const REINDEXED = Object.freeze({ namespace: 'guard', key: 'reindexed' });

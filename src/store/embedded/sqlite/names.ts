/** The file of the database. */
export const DATABASE = 'store.db';
/** Its log, whose content belongs to it until the database is closed. */
export const LOG = 'store.db-wal';
/** A file that is written to find out why others cannot be. */
export const PROBE = 'store.db-probe';

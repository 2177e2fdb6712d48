'use strict';

/** Files that ask the store for all that it can do, by any filter and in any order. */
const OF_THE_STORE =
  /[\\/]store[\\/](same-answers|mongo-time-limit|mongo[\\/](changes|conformance|connect|errors|items|listening|update))\.test\.ts$/;

/** True if the queries sent during a test file are checked against the table of queries. */
exports.isListenedTo = (file) => !OF_THE_STORE.test(file);

/** The entries that nothing needs; none is told when one of the files has not been run. */
exports.unused = (notes, files) => {
  const ran = new Set(notes.map(({ file }) => file));
  if (files.some((file) => !ran.has(file))) return [];
  const used = new Set(notes.flatMap((note) => note.used));
  const [{ all } = { all: [] }] = notes;
  return all.filter((entry) => !used.has(entry));
};

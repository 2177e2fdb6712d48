import { isReindexed, reindex } from '../engine/upkeep/reindex.js';
import { verifyStore } from '../engine/upkeep/verify.js';
import { OUTDATED } from '../store/query/plan-marks.js';
import { count, type Io } from './io.js';
import { readArguments } from './options.js';
import { withStore } from './store.js';

/** A command: its arguments, to its exit code. */
export type Run = (args: readonly string[], io: Io) => Promise<number>;

/** Creates the indexes, and the folder of an embedded store. */
export const install: Run = (args, io) => {
  const { values } = readArguments(args, [], {});
  return withStore(
    values,
    io,
    async (store) => {
      const before = await store.missingIndexes();
      await store.install();
      const missing = await store.missingIndexes();
      for (const name of before) io.out(`${missing.includes(name) ? 'missing' : 'made'}  ${name}`);
      io.out(
        missing.length === 0
          ? 'All indexes exist.'
          : `${count(missing.length, 'index')} could not be created.`,
      );
      return missing.length === 0 ? 0 : 1;
    },
    true,
  );
};

/** Makes instances stored before the guard searchable. */
export const reindexAll: Run = (args, io) => {
  const { values } = readArguments(args, [], {});
  return withStore(values, io, async (store) => {
    await store.install();
    if ((await isReindexed(store)).value && !(await store.instances.exists({ filter: OUTDATED }))) {
      io.out('Nothing to do: all instances are indexed.');
      return 0;
    }
    // Imported here because loading bpmn-server takes a while.
    const { definitionLoader } = await import('../engine/execution/definition-loader.js');
    const interruption = io.onInterrupt();
    let skipped = 0;
    const complete = await reindex(store, {
      load: definitionLoader(store),
      signal: interruption.signal,
      onProgress: (progress) => {
        skipped = progress.skipped;
        io.err(`${progress.done} done, ${progress.left} left`);
      },
    }).finally(() => interruption.done());
    if (complete) io.out('All instances are indexed.');
    else if (interruption.signal.aborted) io.out('Stopped. Run it again to continue.');
    else
      io.out(
        `${count(skipped, 'instance')} could not be indexed: changed in the meantime, or without a readable model.`,
      );
    return complete ? 0 : 1;
  });
};

/** Checks indexes and search data. */
export const verify: Run = (args, io) => {
  const { values } = readArguments(args, [], { repair: { type: 'boolean' }, json: { type: 'boolean' } });
  return withStore(values, io, async (store) => {
    const found = await verifyStore(store, {
      repair: values.repair === true,
      onProgress: (checked) => io.err(`${checked} checked`),
    });
    const unrepaired = found.wrong - found.repaired;
    if (values.json === true) io.out(JSON.stringify(found));
    else {
      io.out(`${count(found.checked, 'instance')} checked`);
      const repaired = found.repaired > 0 ? `, ${found.repaired} repaired` : '';
      const changed = found.changed > 0 ? `, ${found.changed} changed meanwhile: run it again` : '';
      io.out(`${found.wrong} with wrong search data${repaired}${changed}`);
      for (const id of found.wrongIds) io.out(`  ${id}`);
      io.out(`${found.unindexed} not indexed${found.unindexed > 0 ? ': run bpmn-guard reindex' : ''}`);
      io.out(
        `${found.missingIndexes.length} indexes` +
          ` missing${found.missingIndexes.length > 0 ? `: ${found.missingIndexes.join(', ')}` : ''}`,
      );
    }
    return unrepaired + found.unindexed + found.missingIndexes.length === 0 ? 0 : 1;
  });
};

/** Copies everything into an empty folder. */
export const backup: Run = (args, io) => {
  const { values, given } = readArguments(args, ['target'], {});
  return withStore(values, io, async (store) => {
    const { files, documents } = await store.backup(given[0] as string);
    io.out(`${count(documents, 'document')} in ${count(files, 'file')}`);
    return 0;
  });
};

import { archiveEnded } from '../engine/upkeep/archive-ended.js';
import { dayOf } from './day.js';
import { count, UsageError } from './io.js';
import type { Run } from './maintenance.js';
import { readArguments } from './options.js';
import { record } from './record.js';
import { withStore } from './store.js';

/** Moves instances that ended before a day to the archive. */
export const archive: Run = (args, io) => {
  const { values } = readArguments(args, [], {
    'ended-before': { type: 'string' },
    'dry-run': { type: 'boolean' },
  });
  const day = values['ended-before'];
  if (day === undefined) throw new UsageError('Missing: --ended-before <date>');
  const before = dayOf(day, '--ended-before');
  const dryRun = values['dry-run'] === true;
  return withStore(values, io, async (store) => {
    const interruption = io.onInterrupt();
    const { archived, kept, changed, tooLarge, complete, failed } = await archiveEnded(store.instances, {
      before,
      dryRun,
      signal: interruption.signal,
      onProgress: (now) =>
        io.err(
          `${now.archived + now.kept + now.changed + now.tooLarge} of ${now.total} looked at, ` +
            `${now.archived} archived`,
        ),
    }).finally(() => interruption.done());
    io.out(
      dryRun
        ? `${count(archived, 'instance')} would be archived.`
        : `${count(archived, 'instance')} archived.`,
    );
    if (archived > 0 && !dryRun)
      await record(store, 'archive instances', `ended before ${day}`, { count: archived });
    if (kept > 0) io.out(`${count(kept, 'instance')} kept: a process of their case has not ended by then.`);
    if (changed > 0) io.out(`${count(changed, 'instance')} changed meanwhile: run it again for them.`);
    if (tooLarge > 0) io.out(`${count(tooLarge, 'instance')} kept: too large for the archive.`);
    if (failed !== undefined) throw failed.error;
    if (!complete) io.out('Stopped. Run it again to continue.');
    return complete && changed + tooLarge === 0 ? 0 : 1;
  });
};

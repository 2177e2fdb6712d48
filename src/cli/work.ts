import { withoutAttempts } from '../engine/execution/attempts-left.js';
import { changeGuard } from '../engine/execution/commit.js';
import { terminate } from '../engine/execution/terminate.js';
import { HELD, heldOf } from '../engine/enforcement/work-api.js';
import type { Run } from './maintenance.js';
import { readArguments } from './options.js';
import { record } from './record.js';
import { withStore } from './store.js';
import { minute, table } from './table.js';

/** Lists the work that is held back because processes ended while it was under way. */
export const listWork: Run = (args, io) => {
  const { values } = readArguments(args, [], { json: { type: 'boolean' } });
  return withStore(values, io, async (store) => {
    const found = await store.instances.find({
      filter: HELD,
      without: ['source', 'svg', 'logs', 'savePoints'],
    });
    const held = found.flatMap(heldOf);
    if (values.json === true) for (const work of held) io.out(JSON.stringify(work));
    else {
      const rows = held.map(({ instanceId, modelName, work, elementId = '', since, ended }) => [
        instanceId,
        modelName,
        work,
        elementId,
        minute(since),
        String(ended),
      ]);
      for (const line of table(['instance', 'model', 'work', 'element', 'since', 'processes ended'], rows))
        io.out(line);
    }
    return 0;
  });
};

/** Lets the work of an instance begin again: at the next start of the application, or when a running one looks. */
export const retryWork: Run = (args, io) => {
  const { values, given } = readArguments(args, ['instance'], {});
  const id = given[0] as string;
  return withStore(values, io, async (store) => {
    if ((await store.instances.load(id))?.guard?.held !== true) {
      io.err(`Nothing of an instance ${id} is held back.`);
      return 1;
    }
    await changeGuard(store, id, ({ attempts, ...guard }) => ({
      ...guard,
      attempts: withoutAttempts(attempts, (_key, { held }) => held === true),
    }));
    await record(store, 'retry work', id);
    io.out('It begins again when the application starts, or within a minute or two where it runs.');
    return 0;
  });
};

/** Ends an instance, with all that waits in it and what it has called. */
export const stopWork: Run = (args, io) => {
  const { values, given } = readArguments(args, ['instance'], {});
  const id = given[0] as string;
  return withStore(values, io, async (store) => {
    const ended = await terminate(store.instances, id);
    if (ended.length === 0) {
      io.err(`No instance ${id} is running.`);
      return 1;
    }
    await record(store, 'stop instance', id);
    io.out(`Stopped: ${ended.join(', ')}`);
    return 0;
  });
};

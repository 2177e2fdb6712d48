import { removingAttempts } from '../engine/execution/attempts-left.js';
import { changeGuard } from '../engine/execution/change-guard.js';
import { retryStart, startOfId } from '../engine/execution/held-starts.js';
import { terminate } from '../engine/execution/terminate.js';
import { ALL_HELD, heldOf, heldPage, heldStartOf } from '../engine/enforcement/held-work.js';
import type { HeldWork } from '../engine/contract/api-types.js';
import { LARGE_FIELDS } from '../store/query/large-fields.js';
import type { Run } from './maintenance.js';
import { withLock } from './locks.js';
import { readArguments } from './options.js';
import { record } from './record.js';
import { withStore } from './store.js';
import { minute, table } from './table.js';

const ofTenant = (tenantId: string | null | undefined): { readonly tenantId?: string } =>
  typeof tenantId === 'string' ? { tenantId } : {};

/** Instances and starts that are read at once. */
const PAGE = 1000;

/** Lists held work: work that was running when processes ended. */
export const listWork: Run = (args, io) => {
  const { values } = readArguments(args, [], { json: { type: 'boolean' } });
  return withStore(values, io, async (store) => {
    const held: HeldWork[] = [];
    for (let after: string | undefined, isLast = false; !isLast; isLast = after === undefined) {
      const page = await heldPage(store, { limit: PAGE, after }, ALL_HELD);
      held.push(...page.instances.flatMap(heldOf), ...page.starts.map(heldStartOf));
      after = page.next;
    }
    if (values.json === true) for (const work of held) io.out(JSON.stringify(work));
    else {
      const rows = held.map(({ id, modelName, work, elementId = '', since, ended }) => [
        id,
        modelName,
        work,
        elementId,
        minute(since),
        String(ended),
      ]);
      for (const line of table(['id', 'model', 'work', 'element', 'since', 'processes ended'], rows))
        io.out(line);
    }
    return 0;
  });
};

/**
 * Lets the work of an instance, or the starts by a timer, begin again: at the next start of the application, or
 * when a running one looks.
 */
export const retryWork: Run = (args, io) => {
  const { values, given } = readArguments(args, ['id'], {});
  const id = given[0] as string;
  return withStore(values, io, async (store) => {
    const start = startOfId(id);
    if (start !== undefined) {
      if (!(await retryStart(store, start))) {
        io.err('No starts by this timer are held.');
        return 1;
      }
      await record(store, 'retry work', id, ofTenant(start.owner));
      io.out('The timer starts the model again, from its next time on.');
      return 0;
    }
    const held = await withLock(store, id, async () => {
      const instance = await store.instances.load(id, LARGE_FIELDS);
      if (instance?.guard?.held !== true) return undefined;
      await changeGuard(
        store,
        id,
        removingAttempts((_key, entry) => entry.held === true),
      );
      return instance;
    });
    if (held === undefined) {
      io.err(`Instance ${id} has no held work.`);
      return 1;
    }
    await record(store, 'retry work', id, ofTenant(held.tenantId));
    io.out('It begins again when the application starts, or within two minutes if it is running.');
    return 0;
  });
};

/** Ends an instance with everything that waits in it and the processes it has called. */
export const stopWork: Run = (args, io) => {
  const { values, given } = readArguments(args, ['instance'], {});
  const id = given[0] as string;
  return withStore(values, io, async (store) => {
    const instance = await store.instances.load(id, LARGE_FIELDS);
    const wasRunning = instance?.status === 'running';
    const recordStop = (): Promise<void> => record(store, 'stop instance', id, ofTenant(instance?.tenantId));
    const failures: unknown[] = [];
    const left = (_id: string, error: unknown): void => void failures.push(error);
    const ended = await terminate(store.instances, id, left).catch(async (error: unknown) => {
      // It may be stored, though the store did not say so.
      const now = await store.instances.load(id, LARGE_FIELDS).catch(() => instance);
      if (wasRunning && now?.status !== 'running') await recordStop();
      throw error;
    });
    if (ended.length === 0) {
      io.err(`No instance ${id} is running.`);
      return 1;
    }
    await recordStop();
    if (failures.length > 0) throw failures[0];
    io.out(`Stopped: ${ended.join(', ')}`);
    return 0;
  });
};

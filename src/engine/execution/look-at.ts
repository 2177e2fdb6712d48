import { notFound } from '../../core/errors.js';
import { SYSTEM_USER } from '../../core/principal.js';
import type { Store, StoredInstance } from '../../store/port.js';
import type { Room } from '../contract/limits.js';
import { bpmn, type HostExecution, type HostServer } from '../model/host.js';
import { Command } from './command.js';
import { writePending } from './commit.js';
import { modelsOwnerOf } from '../model/models-owner.js';
import type { RunnerParts } from './command-options.js';

/**
 * An instance for a command that holds its lock, without its log: a command appends to the log and does not read
 * it.
 * @throws AccessDenied `not-found`
 */
export async function readLocked(
  store: Store,
  id: string,
  room: Pick<Room, 'logLines'>,
): Promise<StoredInstance> {
  let document = await store.instances.load(id, ['logs']);
  if (document?.guard?.pending !== undefined) {
    await writePending(store, id, document.guard, room);
    document = await store.instances.load(id, ['logs']);
  }
  if (document === undefined) throw notFound('instance');
  document.logs = [];
  return document;
}

/** A live copy of an instance, in a command that writes nothing. @throws AccessDenied `not-found` */
export async function lookAt(
  { contexts, limits, store }: Pick<RunnerParts, 'contexts' | 'limits' | 'store'>,
  server: HostServer,
  id: string,
): Promise<HostExecution> {
  const document = await store.instances.load(id, ['logs']);
  if (document === undefined) throw notFound('instance');
  document.logs = [];
  // Model names are resolved with the owner of the instance's model.
  const command = new Command(
    SYSTEM_USER,
    document.tenantId ?? undefined,
    modelsOwnerOf(document) ?? undefined,
    SYSTEM_USER.userName,
    limits.steps,
  );
  try {
    return (await contexts.runCommand(command, () =>
      bpmn.Execution.restore(server as never, document as never),
    )) as unknown as HostExecution;
  } finally {
    command.finished = true;
    command.end();
  }
}

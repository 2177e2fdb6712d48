import { EventEmitter } from 'node:events';
import { notFound } from '../../core/errors.js';
import type { Store, StoredInstance } from '../../store/port.js';
import { bpmn, tameHost, type HostDefinition, type HostServer } from './host.js';
import { QuietLogger } from '../execution/quiet-logger.js';

/** As much of a server as reading a definition needs. */
function readingServer(): HostServer {
  const server = { listener: new EventEmitter(), logger: new QuietLogger(() => false) };
  const { moddleOptions } = new bpmn.DefaultAppDelegate(server as never);
  return { ...server, appDelegate: { moddleOptions } } as unknown as HostServer;
}

/**
 * Reads the definition of a stored instance without a running guard: from the source that is stored with it, else from
 * the model of its name. Knows the host's own extensions of BPMN, not those of an application.
 */
export function definitionLoader(store: Store): (instance: StoredInstance) => Promise<HostDefinition> {
  tameHost();
  const server = readingServer();

  async function sourceOf({ source, name = '', tenantId }: StoredInstance): Promise<string> {
    if (typeof source === 'string' && source !== '') return source;
    const model = (await store.models.get(name, tenantId ?? null)) ?? (await store.models.get(name, null));
    if (model?.source === undefined) throw notFound('model');
    return model.source;
  }

  return async (instance) => {
    const definition = new bpmn.Definition(
      String(instance.name),
      await sourceOf(instance),
      server as never,
    ) as unknown as HostDefinition;
    await definition.load();
    return definition;
  };
}

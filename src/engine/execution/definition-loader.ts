import { notFound } from '../../core/errors.js';
import type { Store, StoredInstance } from '../../store/port.js';
import { Contexts } from './context.js';
import { HostModels } from './host-models.js';
import type { HostDefinition } from '../model/host.js';
import { readDefinition } from '../model/source/read-definition.js';
import { readingServer } from '../model/source/reading-server.js';

/** Checks and stores models without a running guard, as the guard itself does. */
export function modelKeeper(store: Store): HostModels {
  return new HostModels(readingServer(), store, new Contexts());
}

/**
 * Reads the definition of a stored instance without a running guard: from the source stored with it, otherwise from
 * the model of its name. Knows the host's own BPMN extensions, not those of an application.
 */
export function definitionLoader(store: Store): (instance: StoredInstance) => Promise<HostDefinition> {
  const server = readingServer();

  async function sourceOf({ source, name = '', tenantId }: StoredInstance): Promise<string> {
    if (typeof source === 'string' && source !== '') return source;
    const model = (await store.models.get(name, tenantId ?? null)) ?? (await store.models.get(name, null));
    if (model?.source === undefined) throw notFound('model');
    return model.source;
  }

  return async (instance) =>
    (await readDefinition(String(instance.name), await sourceOf(instance), server)).definition;
}

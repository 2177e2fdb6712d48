import { createGuard, openStore, userDirectory } from 'bpmn-guard';
import { notificationsIn } from '../notifications.js';
import { directoryOf } from './directory.js';
import { Delegate } from './delegate.js';
import { COMMAND_LIMIT } from '../web/timeouts.js';
import { servicesFor } from './services.js';

/** Opens the store, and the guard with this application's users, services and notices. */
export async function openGuard(config, logger) {
  const store = await openStore(config.store);
  try {
    const users = userDirectory(store);
    const notifications = notificationsIn(store);
    const services = servicesFor(users, notifications);
    const guard = await createGuard({
      configuration: { appDelegate: (server) => new Delegate(server, services) },
      store,
      directory: directoryOf(users, config),
      env: config.guardEnvironment,
      commandLimit: COMMAND_LIMIT,
      logger,
    });
    return { guard, users, notifications };
  } catch (error) {
    await store.close();
    throw error;
  }
}

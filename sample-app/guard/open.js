import { createGuard } from 'bpmn-guard';
import { notificationsIn } from '../notifications.js';
import { directoryOf } from './directory.js';
import { Delegate } from './delegate.js';
import { servicesFor } from './services.js';

/** Opens the guard with the users, services and notices of this application. */
export async function openGuard(config, logger) {
  // The host makes its delegate while the guard is still being made; services are called later.
  const later = { store: undefined };
  const getStore = () => later.store;
  const notifications = notificationsIn(getStore);
  const services = servicesFor(() => getStore().users, notifications);
  const guard = await createGuard({
    configuration: { appDelegate: (server) => new Delegate(server, services) },
    store: config.store,
    directory: directoryOf(() => getStore().users, config),
    env: config.guardEnvironment,
    logger,
  });
  later.store = guard.store;
  return { guard, notifications };
}

import { once } from 'node:events';
import { readConfig } from './config.js';
import { warnOfSecrets } from './config/secrets.js';
import { openGuard } from './guard/open.js';
import { createLogger } from './logging/logger.js';
import { secretsOf } from './logging/scrub.js';
import { seedModels } from './models/seed.js';
import { seedPolicies } from './models/seed-policies.js';
import { sessionSecret } from './session/secret.js';
import { refuseDemoUsers, seedUsers } from './users/seed.js';
import { webApp } from './web/app.js';
import { stopper } from './web/shutdown.js';
import { timedServer } from './web/timeouts.js';

async function listen(app, port, host) {
  const server = timedServer(app);
  const stop = stopper(server);
  server.listen(port, host);
  await once(server, 'listening');
  return { server, stop };
}

/**
 * Starts the application.
 * @param port overrides the configured port; 0 takes a free one
 * @param env overrides the environment of the process and `.env`
 * @param logger overrides the log on standard output
 * @param limits overrides `LIMITS`
 * @returns its address, its guard and users, and `close`, which finishes running requests and closes the store
 */
export async function startApp({ port, env, logger: given, limits } = {}) {
  const config = readConfig(env);
  const logger = given ?? createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  warnOfSecrets(config, logger);
  const { guard, users, notifications } = await openGuard(config, logger);
  try {
    await guard.install();
    if (config.demoUsers) await seedUsers(guard, users);
    if (config.production || !config.local) await refuseDemoUsers(users);
    await seedModels(guard);
    if (config.demoPolicies) await seedPolicies(guard);
    const secret = await sessionSecret(config.sessionSecret, guard.store);
    const { server, stop } = await listen(
      webApp({ guard, users, notifications, config, secret, logger, limits }),
      port ?? config.port,
      config.host,
    );
    const host = config.host.includes(':') ? `[${config.host}]` : config.host;
    let closing;
    const close = () => (closing ??= stop().finally(() => guard.close()));
    return { address: `http://${host}:${server.address().port}`, config, guard, users, close };
  } catch (error) {
    await guard.close();
    throw error;
  }
}

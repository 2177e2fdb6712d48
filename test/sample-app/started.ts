import type { Guard, UserDirectory } from 'bpmn-guard';
import { emptyFolder } from './application.js';
import { Visitor } from './visitor.js';

type Limit = { readonly windowMs: number; readonly limit: number };

interface App {
  readonly address: string;
  readonly guard: Guard;
  readonly users: UserDirectory;
  close(): Promise<void>;
}
const { startApp } = require('../../sample-app/app.js') as { startApp(options: object): Promise<App> };
const { createLogger } = require('../../sample-app/logging/logger.js') as {
  createLogger(options: object): object;
};
const { secretsOf } = require('../../sample-app/logging/scrub.js') as { secretsOf(config: object): string[] };
const { readConfig } = require('../../sample-app/config.js') as { readConfig(env: object): object };
const { LIMITS } = require('../../sample-app/web/limits.js') as { LIMITS: Readonly<Record<string, Limit>> };

/** What production needs to start, behind a proxy on this machine. */
export const PRODUCTION = Object.freeze({
  NODE_ENV: 'production',
  SESSION_SECRET: 'kT3x-9fQz_71LmPwC0aVbn4eRsYuJd8H',
  TRUST_PROXY: 'loopback',
  ALLOWED_HOSTS: '127.0.0.1',
});
/** What that proxy says of its callers. */
export const OVER_HTTPS = Object.freeze({ 'x-forwarded-proto': 'https' });

/** The sample application in this process, and what it wrote to its log. */
export interface Started extends App {
  /** Lines of the log so far. */
  readonly log: string[];
  visitor(headers?: Readonly<Record<string, string>>): Visitor;
  login(userName: string): Promise<Visitor>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/**
 * @param env beside a folder of its own, and no access rules: those have tests of their own
 * @param limits instead of those of the application, by name
 */
export async function startSample(
  env: Readonly<Record<string, string>> = {},
  limits: Readonly<Record<string, Limit>> = {},
): Promise<Started> {
  // The host greets on the console.
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const { folder, remove } = await emptyFolder();
  const log: string[] = [];
  const settings = { DATA_DIR: folder, DEMO_POLICIES: 'false', ...env };
  const logger = createLogger({
    level: env.LOG_LEVEL ?? 'info',
    secrets: secretsOf(readConfig(settings)),
    write: (line: string) => log.push(line),
  });
  const app = await startApp({ port: 0, env: settings, logger, limits: { ...LIMITS, ...limits } });
  const visitor = (headers?: Readonly<Record<string, string>>) => new Visitor(app.address, headers);
  return {
    ...app,
    log,
    visitor,
    async login(userName) {
      const somebody = visitor();
      await somebody.login(userName);
      return somebody;
    },
    async remove() {
      await app.close();
      await remove();
    },
  };
}

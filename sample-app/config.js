import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { apiKeyFrom, sessionSecretFrom } from './config/secrets.js';
import { text } from './config/text.js';
import { trustProxyFrom } from './config/trust-proxy.js';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

/** The environment of this process, over what a `.env` file in the working directory says. */
function environment() {
  const file = path.resolve('.env');
  return { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...process.env };
}

function portFrom(env) {
  const port = Number(text(env.PORT) ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`PORT must be a number between 0 and 65535, got ${JSON.stringify(env.PORT)}.`);
  return port;
}

function flagFrom(env, name, whenUnset) {
  const value = text(env[name])?.toLowerCase() ?? String(whenUnset);
  if (value !== 'true' && value !== 'false')
    throw new Error(`${name} must be true or false, got ${JSON.stringify(env[name])}.`);
  return value === 'true';
}

function levelFrom(env) {
  const level = text(env.LOG_LEVEL)?.toLowerCase() ?? 'info';
  if (!LEVELS.includes(level))
    throw new Error(`LOG_LEVEL must be one of ${LEVELS.join(', ')}, got ${JSON.stringify(env.LOG_LEVEL)}.`);
  return level;
}

function storeFrom(env) {
  const url = text(env.MONGO_DB_URL);
  if (url === undefined) return { folder: path.resolve(text(env.DATA_DIR) ?? '.data') };
  return { url, name: text(env.MONGO_DB_NAME) ?? 'bpmn' };
}

/** What is fit for a demonstration only. */
function refuseInProduction({ requireAuthentication, enforceSecurity, demoUsers }) {
  if (!requireAuthentication)
    throw new Error('REQUIRE_AUTHENTICATION=false lets everybody in: not with NODE_ENV=production.');
  if (!enforceSecurity)
    throw new Error('ENFORCE_SECURITY=false lets everybody do everything: not with NODE_ENV=production.');
  if (demoUsers)
    throw new Error('DEMO_USERS=true adds users with known passwords: not with NODE_ENV=production.');
}

/**
 * The settings of the application, as `.env.example` describes them; nothing else here reads the environment.
 * @throws Error that names the variable whose value cannot be used
 */
export function readConfig(env = environment()) {
  const production = text(env.NODE_ENV) === 'production';
  const config = Object.freeze({
    production,
    host: text(env.HOST) ?? '127.0.0.1',
    port: portFrom(env),
    trustProxy: trustProxyFrom(env),
    store: storeFrom(env),
    sessionSecret: sessionSecretFrom(env, production),
    apiKey: apiKeyFrom(env, production),
    logLevel: levelFrom(env),
    requireAuthentication: flagFrom(env, 'REQUIRE_AUTHENTICATION', true),
    enforceSecurity: flagFrom(env, 'ENFORCE_SECURITY', true),
    developmentUser: text(env.DEVELOPMENT_USER) ?? 'user1',
    demoUsers: flagFrom(env, 'DEMO_USERS', !production),
    /** What the guard itself reads. */
    guardEnvironment: Object.freeze({
      REQUIRE_AUTHENTICATION: env.REQUIRE_AUTHENTICATION,
      ENFORCE_SECURITY: env.ENFORCE_SECURITY,
    }),
  });
  if (production) refuseInProduction(config);
  return config;
}

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { allowedHostsFrom, isOfThisMachine, modeFrom, refuseBeyondDemonstration } from './config/reach.js';
import { apiKeyFrom, sessionSecretFrom } from './config/secrets.js';
import { sessionTimesFrom } from './config/sessions.js';
import { text } from './config/text.js';
import { trustProxyFrom } from './config/trust-proxy.js';

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];

/** The environment of this process; it takes precedence over a `.env` file in the working directory. */
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

/**
 * The settings of the application, as described in `.env.example`. Nothing else reads the environment.
 * @throws Error naming the variable whose value is invalid
 */
export function readConfig(env = environment()) {
  const production = modeFrom(env) === 'production';
  const secrets = {
    sessionSecret: sessionSecretFrom(env, production),
    apiKey: apiKeyFrom(env, production),
  };
  const host = text(env.HOST) ?? '127.0.0.1';
  const allowedHosts = allowedHostsFrom(env, host, production);
  const local = isOfThisMachine(host, allowedHosts);
  const config = Object.freeze({
    production,
    host,
    allowedHosts,
    /** Reachable only from this machine. */
    local,
    port: portFrom(env),
    trustProxy: trustProxyFrom(env),
    store: storeFrom(env),
    ...secrets,
    sessionTimes: sessionTimesFrom(env),
    logLevel: levelFrom(env),
    requireAuthentication: flagFrom(env, 'REQUIRE_AUTHENTICATION', true),
    enforceSecurity: flagFrom(env, 'ENFORCE_SECURITY', true),
    developmentUser: text(env.DEVELOPMENT_USER) ?? 'user1',
    demoUsers: flagFrom(env, 'DEMO_USERS', !production && local),
    demoPolicies: flagFrom(env, 'DEMO_POLICIES', !production && local),
    /** The variables that the guard itself reads. */
    guardEnvironment: Object.freeze({
      REQUIRE_AUTHENTICATION: env.REQUIRE_AUTHENTICATION,
      ENFORCE_SECURITY: env.ENFORCE_SECURITY,
      CASE_AUTH_ENABLED: env.CASE_AUTH_ENABLED,
    }),
  });
  refuseBeyondDemonstration(config);
  return config;
}

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** Values that stand in `.env.example`: known to everybody, so no secrets. */
const PLACEHOLDERS = ['change-me'];
const SHORTEST_SECRET = 16;

/** The environment of this process, over what a `.env` file in the working directory says. */
function environment() {
  const file = path.resolve('.env');
  return { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...process.env };
}

const text = (value) => (value === undefined || value.trim() === '' ? undefined : value.trim());

function secretFrom(env, production) {
  const secret = text(env.SESSION_SECRET);
  const usable = secret !== undefined && !PLACEHOLDERS.includes(secret);
  if (usable && secret.length < SHORTEST_SECRET) throw new Error(`SESSION_SECRET is too short: at least ${SHORTEST_SECRET} characters.`);
  if (!usable && production) throw new Error('SESSION_SECRET must be set to a secret of your own when NODE_ENV=production.');
  return usable ? secret : undefined;
}

function portFrom(env) {
  const port = Number(text(env.PORT) ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`PORT must be a number between 0 and 65535, got ${JSON.stringify(env.PORT)}.`);
  return port;
}

function flagFrom(env, name, whenUnset) {
  const value = text(env[name])?.toLowerCase() ?? String(whenUnset);
  if (value !== 'true' && value !== 'false') throw new Error(`${name} must be true or false, got ${JSON.stringify(env[name])}.`);
  return value === 'true';
}

function storeFrom(env) {
  const url = text(env.MONGO_DB_URL);
  if (url === undefined) return { folder: path.resolve(text(env.DATA_DIR) ?? '.data') };
  return { url, name: text(env.MONGO_DB_NAME) ?? 'bpmn' };
}

/**
 * The settings of the application, as `.env.example` describes them; nothing else here reads the environment.
 * @throws Error that names the variable whose value cannot be used
 */
export function readConfig(env = environment()) {
  const production = text(env.NODE_ENV) === 'production';
  return Object.freeze({
    production,
    host: text(env.HOST) ?? '127.0.0.1',
    port: portFrom(env),
    store: storeFrom(env),
    sessionSecret: secretFrom(env, production),
    requireAuthentication: flagFrom(env, 'REQUIRE_AUTHENTICATION', true),
    enforceSecurity: flagFrom(env, 'ENFORCE_SECURITY', true),
    developmentUser: text(env.DEVELOPMENT_USER) ?? 'user1',
    demoUsers: flagFrom(env, 'DEMO_USERS', !production),
    /** What the guard itself reads. */
    guardEnvironment: Object.freeze({ REQUIRE_AUTHENTICATION: env.REQUIRE_AUTHENTICATION, ENFORCE_SECURITY: env.ENFORCE_SECURITY }),
  });
}

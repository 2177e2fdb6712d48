import { BadInput } from '../../core/errors.js';
import { weaknessOf } from '../../core/weak-secret.js';

/** The two switches of bpmn-server, as a guard reads them when it is created: two guards may differ. */
export interface Flags {
  /** False: no login; who calls without a user acts as the development user. */
  readonly requireAuthentication: boolean;
  readonly enforceSecurity: boolean;
  /** Either switch is off: rules are not enforced. */
  readonly bypass: boolean;
}

/** The environment variables that the package itself reads; docs are generated from this table. */
export const VARIABLES = {
  REQUIRE_AUTHENTICATION:
    '`false` drops the login and the rules: callers without a user act as `developer`. Unset, empty or `true`: on. Anything else is refused at start.',
  ENFORCE_SECURITY:
    '`false` switches the rules off, the login stays. Unset, empty or `true`: on. Anything else is refused at start.',
  API_KEY:
    'A key that acts for every user but members of ADMIN and SYSTEM, read when `apiKeys` is called. Printable ASCII without spaces and commas, else refused. Unset or empty: there is none.',
  NODE_ENV:
    '`development`, `test`, unset or empty: an API_KEY that is easily guessed is let through with a warning. Anything else counts as production: it is refused.',
  MONGO_DB_URL: 'For the command `bpmn-guard`: URL of the database, where no option names a store.',
  MONGO_DB_NAME: 'For the command `bpmn-guard`: name of the database, with MONGO_DB_URL.',
  DATA_DIR:
    'For the command `bpmn-guard`: folder of the embedded store, where neither an option nor MONGO_DB_URL names a store.',
} as const;

/** Who acts under REQUIRE_AUTHENTICATION=false when nobody is named. */
export const DEVELOPER = 'developer';

type Environment = Readonly<Record<string, string | undefined>>;

function flag(env: Environment, name: keyof typeof VARIABLES): boolean {
  const text = (env[name] ?? '').trim().toLowerCase();
  if (text === 'false') return false;
  if (text === '' || text === 'true') return true;
  throw new BadInput(
    'bad-environment',
    `${name} must be true, false or unset, got ${JSON.stringify(env[name])}.`,
  );
}

/**
 * @param env where to read from; default the process's own environment
 * @throws BadInput `bad-environment`, naming the variable
 */
export function readFlags(env: Environment = process.env): Flags {
  const requireAuthentication = flag(env, 'REQUIRE_AUTHENTICATION');
  const enforceSecurity = flag(env, 'ENFORCE_SECURITY');
  return Object.freeze({
    requireAuthentication,
    enforceSecurity,
    bypass: !requireAuthentication || !enforceSecurity,
  });
}

/** A header can carry it, and it cannot be two headers that were joined. */
const KEY_FORM = /^[\x21-\x2b\x2d-\x7e]{1,512}$/;

/** What is not plainly for development could have been meant for production. */
function isProduction(env: Environment): boolean {
  const mode = (env.NODE_ENV ?? process.env.NODE_ENV ?? '').trim();
  return !['', 'development', 'test'].includes(mode);
}

/**
 * @param warn is told of a key that is easily guessed, outside production; in production it is refused
 * @param env where to read from; default the process's own environment, also for a NODE_ENV that it does not name
 * @throws BadInput `bad-environment`, without the text
 */
export function readApiKey(
  warn: (message: string) => void,
  env: Environment = process.env,
): string | undefined {
  const text = (env.API_KEY ?? '').trim();
  if (text === '') return undefined;
  if (!KEY_FORM.test(text))
    throw new BadInput(
      'bad-environment',
      'API_KEY must be printable ASCII without spaces and commas, of at most 512 characters.',
    );
  const weakness = weaknessOf(text);
  if (weakness === undefined) return text;
  const message = `API_KEY is easily guessed: ${weakness}. Take what \`openssl rand -base64 32\` prints.`;
  if (isProduction(env)) throw new BadInput('bad-environment', message);
  warn(message);
  return text;
}

/** What the environment says of the store; the command line decides what of it counts. */
export function readStore(env: Environment = process.env): { url?: string; name?: string; folder?: string } {
  const text = (name: keyof typeof VARIABLES): string | undefined => env[name]?.trim() || undefined;
  const [url, name, folder] = [text('MONGO_DB_URL'), text('MONGO_DB_NAME'), text('DATA_DIR')];
  return {
    ...(url === undefined ? {} : { url }),
    ...(name === undefined ? {} : { name }),
    ...(folder === undefined ? {} : { folder }),
  };
}

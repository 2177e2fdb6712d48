import { BadInput } from '../../core/errors.js';
import { show } from '../../core/value.js';
import { weaknessOf } from '../../core/weak-secret.js';

/** The two switches of bpmn-server and that of cases, read when a guard is created; two guards may differ. */
export interface Flags {
  /** False: no login; callers without a user act as the development user. */
  readonly requireAuthentication: boolean;
  readonly enforceSecurity: boolean;
  /** Either switch is off: rules are not enforced. */
  readonly bypass: boolean;
  /** False: cases are visible to those whom other policies admit. Restricted operations stay restricted. */
  readonly caseVisibility: boolean;
}

/** The environment variables that the package itself reads. The docs are generated from this table. */
export const VARIABLES = {
  REQUIRE_AUTHENTICATION:
    '`false` turns the login and the rules off: callers without a user act as `developer`.' +
    ' Unset, empty or `true`: on. Anything else is refused at start.',
  ENFORCE_SECURITY:
    '`false` turns the rules off and keeps the login. Unset, empty or `true`: on. Anything else is refused at start.',
  CASE_AUTH_ENABLED:
    '`false`: an instance whose model declares roles is visible to those whom other policies' +
    ' admit, too, not only to the holders of its roles. Operations that are restricted to' +
    ' roles stay restricted. Unset, empty or `true`: on. Anything else is refused at start.',
  API_KEY:
    'A key that acts for every user except members of ADMIN and SYSTEM, read when `apiKeys`' +
    ' is called. Must be printable ASCII without spaces and commas. Unset or empty: no such' +
    ' key.',
  NODE_ENV:
    '`development`, `test`, unset or empty: a guessable API_KEY is accepted with a warning.' +
    ' Anything else counts as production, where it is refused.',
  MONGO_DB_URL: 'For the command `bpmn-guard`: URL of the database, if no option names a store.',
  MONGO_DB_NAME: 'For the command `bpmn-guard`: name of the database, with MONGO_DB_URL.',
  DATA_DIR:
    'For the command `bpmn-guard`: folder of the embedded store, if neither an option nor MONGO_DB_URL names a store.',
} as const;

/** The acting user under REQUIRE_AUTHENTICATION=false if none is given. */
export const DEVELOPER = 'developer';

type Environment = Readonly<Record<string, string | undefined>>;

function flag(env: Environment, name: keyof typeof VARIABLES): boolean {
  const text = (env[name] ?? '').trim().toLowerCase();
  if (text === 'false') return false;
  if (text === '' || text === 'true') return true;
  throw new BadInput('bad-environment', `${name} must be true, false or unset, got ${show(env[name])}.`);
}

/**
 * @param env the environment to read; default: that of the process
 * @throws BadInput `bad-environment`, naming the variable
 */
export function readFlags(env: Environment = process.env): Flags {
  const requireAuthentication = flag(env, 'REQUIRE_AUTHENTICATION');
  const enforceSecurity = flag(env, 'ENFORCE_SECURITY');
  const caseVisibility = flag(env, 'CASE_AUTH_ENABLED');
  return Object.freeze({
    requireAuthentication,
    enforceSecurity,
    bypass: !requireAuthentication || !enforceSecurity,
    caseVisibility,
  });
}

/** Fits into a header and cannot be two joined headers. */
const KEY_FORM = /^[\x21-\x2b\x2d-\x7e]{1,512}$/;

/** Anything that is not plainly development may be meant as production. */
function isProduction(env: Environment): boolean {
  const mode = (env.NODE_ENV ?? process.env.NODE_ENV ?? '').trim();
  return !['', 'development', 'test'].includes(mode);
}

/**
 * @param warn called for a guessable key outside production; in production such a key is refused
 * @param env the environment to read; default: that of the process, also for a NODE_ENV that it does not contain
 * @throws BadInput `bad-environment`, without the key
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
  const message = `API_KEY is easily guessed: ${weakness}. Use the output of \`openssl rand -base64 32\`.`;
  if (isProduction(env)) throw new BadInput('bad-environment', message);
  warn(message);
  return text;
}

/** The store settings in the environment; the command line decides which of them applies. */
export function readStore(env: Environment = process.env): { url?: string; name?: string; folder?: string } {
  const text = (name: keyof typeof VARIABLES): string | undefined => env[name]?.trim() || undefined;
  const [url, name, folder] = [text('MONGO_DB_URL'), text('MONGO_DB_NAME'), text('DATA_DIR')];
  return {
    ...(url === undefined ? {} : { url }),
    ...(name === undefined ? {} : { name }),
    ...(folder === undefined ? {} : { folder }),
  };
}

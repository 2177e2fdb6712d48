import { BadInput } from '../core/errors.js';

/** The two switches of bpmn-server, as one guard instance reads them when it is created (spec 00; 08, 32). */
export interface Flags {
  /** False: no login; who calls without a user acts as the development user. */
  readonly requireAuthentication: boolean;
  readonly enforceSecurity: boolean;
  /** Either switch is off: rules are not enforced. */
  readonly bypass: boolean;
}

/** The environment variables that the package itself reads; docs are generated from this table. */
export const VARIABLES = {
  REQUIRE_AUTHENTICATION: '`false` drops the login and the rules: callers without a user act as `developer`. Unset, empty or `true`: on. Anything else is refused at start.',
  ENFORCE_SECURITY: '`false` switches the rules off, the login stays. Unset, empty or `true`: on. Anything else is refused at start.',
} as const;

/** Who acts under REQUIRE_AUTHENTICATION=false when nobody is named. */
export const DEVELOPER = 'developer';

type Environment = Readonly<Record<string, string | undefined>>;

function flag(env: Environment, name: keyof typeof VARIABLES): boolean {
  const text = (env[name] ?? '').trim().toLowerCase();
  if (text === 'false') return false;
  if (text === '' || text === 'true') return true;
  throw new BadInput('bad-environment', `${name} must be true, false or unset, got ${JSON.stringify(env[name])}.`);
}

/**
 * @param env where to read from; default the process's own environment
 * @throws BadInput `bad-environment`, naming the variable
 */
export function readFlags(env: Environment = process.env): Flags {
  const requireAuthentication = flag(env, 'REQUIRE_AUTHENTICATION');
  const enforceSecurity = flag(env, 'ENFORCE_SECURITY');
  return Object.freeze({ requireAuthentication, enforceSecurity, bypass: !requireAuthentication || !enforceSecurity });
}

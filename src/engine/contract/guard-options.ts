import { checkConfiguration } from './host-configuration.js';
import {
  assertOptions,
  badConfiguration,
  count,
  either,
  ENVIRONMENT,
  EXACT_VERSION,
  FLAG,
  FUNCTION,
  listOf,
  LOGGER,
  needed,
  OBJECT,
  objectOf,
  oneOf,
  TEXT,
  withFunctions,
  type Kind,
  type OptionsOf,
} from '../../core/options.js';
import type { Policy } from '../../core/policy.js';
import type { GuardOptions } from './types.js';

/** The longest delay of setTimeout, in milliseconds. */
const LONGEST = 2 ** 31 - 1;
/** Maximum size of a whole instance, in bytes. */
const LARGEST = 10_000_000;
/** Maximum number of log lines of an instance, so that everything in it fits into MongoDB's 16 MB. */
const LONGEST_LOG = 2_000;
/** Minimum time between two looks for work left by other processes, in milliseconds. */
const OFTEN = 100;

const POLICY: Kind = {
  takes: 'a policy',
  holds: (value) => {
    const { name, answer, waivable } = (value ?? {}) as Partial<Record<keyof Policy, unknown>>;
    return TEXT.holds(name) && FUNCTION.holds(answer) && (waivable === undefined || FLAG.holds(waivable));
  },
};

const KEEP = {
  logs: FLAG,
  savePoints: FLAG,
  source: FLAG,
} satisfies OptionsOf<NonNullable<GuardOptions['keep']>>;

const MODELS = { folder: needed(TEXT), watch: FLAG } satisfies OptionsOf<NonNullable<GuardOptions['models']>>;

type PolicyFiles = Exclude<NonNullable<GuardOptions['policyFiles']>, string>;
const POLICY_FILES = {
  folder: needed(TEXT),
  watch: FLAG,
  allowUnknownModels: FLAG,
  allowInternal: FLAG,
  switchOffSections: FLAG,
} satisfies OptionsOf<Extract<PolicyFiles, { readonly folder: string }>>;
const RELEASE = { release: needed(oneOf(true)) } satisfies OptionsOf<
  Exclude<PolicyFiles, { readonly folder: string }>
>;

const ROOM = {
  data: count('bytes', 1, LARGEST),
  assignments: count('bytes', 1, LARGEST),
  caller: count('bytes', 1, LARGEST),
  savePoints: count('save points'),
  savePointBytes: count('bytes', 1, LARGEST),
  logLines: count('lines', 1, LONGEST_LOG),
} satisfies OptionsOf<NonNullable<GuardOptions['instanceLimits']>>;

/** The options of `createGuard`. */
export const GUARD_OPTIONS = {
  configuration: withFunctions(
    "bpmn-server's configuration: an object, whose appDelegate and scriptHandler are functions",
    [],
    ['appDelegate', 'scriptHandler'],
  ),
  server: OBJECT,
  store: needed({
    ...OBJECT,
    takes: '{ url, name }, { folder }, { memory: true }, or the result of openStore',
  }),
  directory: withFunctions(
    'an object with the function find, such as the result of userDirectory',
    ['find'],
    ['verify', 'onChanged', 'hasMembers'],
  ),
  policies: listOf('policies, each with a name and the function answer', POLICY),
  tenantsMaySaveCode: FLAG,
  strictMarks: FLAG,
  audit: FUNCTION,
  env: ENVIRONMENT,
  logger: LOGGER,
  acceptHostVersion: EXACT_VERSION,
  lockWait: count('milliseconds', 0, LONGEST),
  staleLockAfter: count('milliseconds', 0),
  takeOverEvery: count('milliseconds', OFTEN, LONGEST),
  commandLimit: count('milliseconds', 1, LONGEST),
  stepLimit: count('steps'),
  loopLimit: count('passes'),
  sectionLimit: count('sections and models'),
  instanceLimits: objectOf(ROOM),
  keep: objectOf(KEEP),
  models: objectOf(MODELS),
  policyFiles: either(TEXT, objectOf(POLICY_FILES), objectOf(RELEASE)),
} satisfies OptionsOf<GuardOptions>;

/** @throws BadInput `bad-configuration` if an option is unknown, missing or of the wrong type */
export function checkGuardOptions(options: GuardOptions): void {
  assertOptions('createGuard', options, GUARD_OPTIONS);
  const { policyFiles } = options;
  if (typeof policyFiles === 'object')
    assertOptions('policyFiles', policyFiles, 'release' in policyFiles ? RELEASE : POLICY_FILES);
  if (options.configuration !== undefined) checkConfiguration(options.configuration);
  if (options.server !== undefined && options.configuration !== undefined)
    throw badConfiguration(
      'createGuard takes either a server or a configuration; a server already has its configuration.',
    );
}

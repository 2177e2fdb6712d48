import {
  apiKeys,
  createGuard,
  openStore,
  OPTIONS,
  requireOwnOrigin,
  requirePrivilege,
  userAdmin,
  userDirectory,
  type Guard,
  type UserDirectory,
} from 'bpmn-guard';
import { principal } from 'bpmn-guard/testing';
import { ADMIN_USER } from '../support/guards.js';

/** Each public function that takes options: called with these and nothing else that could be wrong. */
type Call = (options: never) => unknown;
const STORE = { memory: true } as const;
let guard: Guard;
let users: UserDirectory;
beforeAll(async () => {
  const store = await openStore(STORE);
  users = userDirectory(store);
  await users.add({ userName: ADMIN_USER.userName, userGroups: ADMIN_USER.userGroups });
  guard = await createGuard({ store, env: {}, directory: users });
});
afterAll(() => guard.close());

const CALLS: Readonly<Record<keyof typeof OPTIONS, Call>> = {
  createGuard: (options: object) => createGuard({ store: STORE, env: {}, ...options }),
  'the store': (options: object) => openStore({ ...STORE, ...options } as never),
  authenticate: (options) => guard.authenticate(options),
  router: (options) => guard.router(options),
  errorHandler: (options) => guard.errorHandler(options),
  requirePrivilege: (options) => requirePrivilege('task:read', options),
  requireOwnOrigin: (options) => requireOwnOrigin(options),
  apiKeys: (options) => apiKeys(guard.store, options),
  'a key': (options) => apiKeys(guard.store, { env: {} }).create('erp', options),
  'a user': (options: object) =>
    userAdmin(guard, users).add({ userName: 'new', ...options } as never, ADMIN_USER),
  'a change of a user': (options) => users.change('ann', options),
  'a command': (options) => guard.api.engine.start('Nothing', {}, ADMIN_USER, options),
};

/** What a caller of the running application hands over, and not who sets it up. */
const CODES: Readonly<Record<string, string>> = {
  'a key': 'bad-request',
  'a user': 'bad-request',
  'a change of a user': 'bad-request',
  'a command': 'bad-option',
};

/** The exported functions that have a parameter of options, by their own source. */
async function withOptions(entry: string): Promise<string[]> {
  const exported = (await import(entry)) as Record<string, unknown>;
  return Object.entries(exported)
    .filter(([, value]) => typeof value === 'function')
    .filter(([, value]) => /^[^{]*\([^)]*\b(?:options|rest)\b/.test(String(value)))
    .map(([name]) => name);
}

const fault = async (work: () => unknown): Promise<string> => {
  const [outcome] = await Promise.allSettled([Promise.resolve().then(work)]);
  if (outcome?.status !== 'rejected') throw new Error('It was taken.');
  const { code, message } = outcome.reason as { code: string; message: string };
  return `${code}: ${message}`;
};
/** The name with its last letter written twice. */
const slipped = (name: string): string => name + (name.at(-1) as string);

const NAMES = Object.entries(OPTIONS).flatMap(([of, options]) =>
  Object.keys(options).map((name) => [of, name] as const),
);

test('each exported function with options is one of these', async () => {
  const others = { openStore: 'the store', createTestGuard: 'createGuard', principal: 'below' };
  const found = [...(await withOptions('bpmn-guard')), ...(await withOptions('bpmn-guard/testing'))];
  expect(found).toEqual(expect.arrayContaining(['createGuard', 'openStore', 'apiKeys', 'authenticate']));
  expect(found.filter((name) => !(name in CALLS) && !(name in others))).toEqual([]);
});

test('what is no option of a principal for a test is refused alike', async () => {
  expect(await fault(() => principal('ann', [], { tenant: 'acme' } as never))).toMatch(
    /^bad-configuration: Unknown option of principal: tenant\./,
  );
});

test.each<[string, () => unknown]>([
  ['authenticate', () => guard.authenticate({ origins: ['app'] })],
  ['authenticate', () => guard.authenticate({ hosts: ['app:80'] })],
  ['authenticate', () => guard.authenticate({ keys: false })],
  ['requireOwnOrigin', () => requireOwnOrigin({ origins: ['app'] })],
  ['apiKeys', () => apiKeys(guard.store, { dangerouslyLetApiKeyActForDesigners: ' ' })],
])('%s refuses a value of the wrong form as it refuses an unknown name', async (_of, work) => {
  expect(await fault(work)).toMatch(/^bad-configuration: /);
});

test.each(NAMES)('%s: a misspelt %s is refused with the right name', async (of, name) => {
  const given = { [slipped(name)]: 1 };
  const said = await fault(() => CALLS[of as keyof typeof CALLS](given as never));
  expect(said).toMatch(new RegExp(`^${CODES[of] ?? 'bad-configuration'}: `));
  expect(said).toContain(`Did you mean ${name}?`);
});

// Of the store the names are looked at first, for which kind is meant.
test.each(Object.keys(OPTIONS).filter((of) => of !== 'the store'))(
  '%s: a value of the wrong type is refused with the expected type',
  async (of) => {
    const table = OPTIONS[of as keyof typeof OPTIONS] as Record<
      string,
      { takes: string; holds(v: unknown): boolean }
    >;
    const wrong = Symbol('wrong');
    const checked = Object.entries(table).filter(([, { holds }]) => !holds(wrong));
    for (const [name, { takes }] of checked) {
      const said = await fault(() => CALLS[of as keyof typeof CALLS]({ [name]: wrong } as never));
      expect([name, said]).toEqual([name, expect.stringContaining(takes)]);
    }
  },
);

test.each<[object, string]>([
  [{ server: {}, configuration: {} }, 'createGuard takes either a server or a configuration'],
  [
    { policies: [{ name: 'p', answr: () => ({}) }] },
    'Option policies of createGuard must be a list of policies',
  ],
  [
    { directory: { lookup: () => undefined } },
    'Option directory of createGuard must be an object with the function find',
  ],
  [
    { configuration: { appDelegate: {} } },
    "Option configuration of createGuard must be bpmn-server's configuration",
  ],
  [{ models: { watch: true } }, 'createGuard needs the option models.folder'],
  [{ keep: { savePoint: true } }, 'Unknown option of createGuard: keep.savePoint. Did you mean savePoints?'],
  [{ store: undefined }, 'createGuard needs the option store: { url, name }'],
  [{ store: { url: 'mongodb://u:secret@h' } }, 'The store needs the option name'],
  [{ store: { foldr: 'x' } }, 'Unknown option of the store: foldr. Did you mean folder?'],
  [{ store: { folder: 'x', timeout: 5 } }, 'Unknown option of the store: timeout.'],
  [{ store: { folder: 'x', queryTimeout: 0 } }, 'Option queryTimeout of the store must be a whole number'],
  [{ store: { memory: true, queryTimeout: 5 } }, 'Unknown option of the store: queryTimeout.'],
  [{ store: { url: undefined, name: 'x' } }, 'The store needs the option url'],
  [{ store: { name: 'x' } }, 'The store needs the option url'],
  [{ store: { folder: undefined } }, 'The store needs the option folder'],
  [{ acceptHostVersion: 'yes' }, 'Option acceptHostVersion of createGuard must be an exact version'],
  [{ store: {} }, 'The store is one of { url, name }, { folder } and { memory: true }.'],
  [{ store: { url: 'x', name: 'y', folder: 'z' } }, 'The store is one of { url, name }, { folder } and'],
  [
    { store: { folder: 'z', memory: true } },
    'The store is one of { url, name }, { folder } and { memory: true }.',
  ],
])('createGuard(%j) is refused', async (options, message) => {
  const said = await fault(() => createGuard({ store: STORE, env: {}, ...options } as never));
  expect(said).toContain(`bad-configuration: ${message}`);
  expect(said).not.toContain('secret');
});

test('a user with a misspelt tenant or groups is refused, since they would be lost', async () => {
  for (const [given, meant] of [
    [{ userName: 'ann', tenantid: 'acme' }, 'tenantId'],
    [{ userName: 'ann', tenant_id: 'acme' }, 'tenantId'],
    [{ userName: 'ann', userGroup: ['hr'] }, 'userGroups'],
    [{ userName: 'ann', usergroups: ['hr'] }, 'userGroups'],
  ] as const) {
    expect(await fault(() => guard.as(given as never))).toContain(
      `unauthenticated: Not a valid user: SecureUser has no field`,
    );
    expect(await fault(() => guard.runAs(given as never, () => 1))).toContain(`did you mean ${meant}`);
  }
  expect(guard.as({ userName: 'ann', username: 'ann', email: 'a@b.c' } as never)).toBeDefined();
});

import { apiKeys, createGuard, openStore, type GuardLogger, type Store } from 'bpmn-guard';

/** Random, as it should be. */
const STRONG = 'kT3x-9fQz_71LmPwC0aVbn4eRsYuJd8H';
/** What stands in examples, patterns, and what is too short for a key. */
const WEAK = [
  '12345',
  'omni-secret',
  'changeme',
  'k'.repeat(40),
  'change-me-please-this-is-a-secret-key',
  '0123456789abcdefghijklmnopqrstuv',
  'kT3x-9fQzkT3x-9fQz',
];

describe('API_KEY', () => {
  let store: Store;
  const warnings: string[] = [];
  const logger: GuardLogger = { info() {}, warn: (message) => void warnings.push(message), error() {} };
  const mode = process.env.NODE_ENV;

  beforeAll(async () => void (store = await openStore({ memory: true })));
  beforeEach(() => void (warnings.length = 0));
  afterEach(() => {
    process.env.NODE_ENV = mode;
    delete process.env.API_KEY;
    jest.restoreAllMocks();
  });
  afterAll(() => store.close());

  test.each(WEAK)('%j is refused in production, without repeating it', (text) => {
    const made = () => apiKeys(store, { env: { API_KEY: text, NODE_ENV: 'production' }, logger });
    expect(made).toThrow(expect.objectContaining({ code: 'bad-environment' }));
    expect(made).toThrow('API_KEY is easily guessed: it ');
    expect(made).not.toThrow(text);
  });

  test.each(['prod', 'Production', 'staging', 'live'])('NODE_ENV=%s counts as production', (name) => {
    expect(() => apiKeys(store, { env: { API_KEY: '12345', NODE_ENV: name } })).toThrow('easily guessed');
  });

  test('without NODE_ENV in the given environment, that of the process counts', () => {
    process.env.NODE_ENV = 'production';
    expect(() => apiKeys(store, { env: { API_KEY: '12345' }, logger })).toThrow('easily guessed');
    expect(warnings).toEqual([]);
  });

  test.each([undefined, '', 'development', 'test', ' development '])(
    'with NODE_ENV %j a weak one works, and the log warns of it without repeating it',
    async (name) => {
      const keys = apiKeys(store, { env: { API_KEY: '12345', NODE_ENV: name }, logger });
      expect((await keys.find('12345'))?.name).toBe('API_KEY');
      expect(warnings).toEqual([
        'API_KEY is easily guessed: it has fewer than 16 characters. Use the output of `openssl rand -base64 32`.',
      ]);
    },
  );

  test('without a logger the warning goes to the process', () => {
    const emit = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    apiKeys(store, { env: { API_KEY: '12345' } });
    expect(emit).toHaveBeenCalledWith(expect.stringContaining('API_KEY is easily guessed'));
  });

  test('a logger that throws does not disable the key', async () => {
    const emit = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const failing = {
      ...logger,
      warn: () => {
        throw new Error('full');
      },
    };
    const keys = apiKeys(store, { env: { API_KEY: '12345' }, logger: failing });
    expect((await keys.find('12345'))?.name).toBe('API_KEY');
    expect(emit).toHaveBeenCalledWith('The logger of bpmn-guard failed: full');
  });

  test.each(['production', 'development'])(
    'a random key is accepted in %s without a warning',
    async (name) => {
      const keys = apiKeys(store, { env: { API_KEY: STRONG, NODE_ENV: name }, logger });
      expect((await keys.find(STRONG))?.name).toBe('API_KEY');
      expect(warnings).toEqual([]);
    },
  );

  test('a guard that makes its own keys warns in its own log, and starts no HTTP in production', async () => {
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const guard = await createGuard({ store, env: {}, logger });
    process.env.API_KEY = '12345';
    guard.authenticate();
    expect(warnings).toEqual([expect.stringContaining('API_KEY is easily guessed')]);
    process.env.NODE_ENV = 'production';
    expect(() => guard.authenticate()).toThrow('API_KEY is easily guessed');
    expect(() => guard.authenticate({ keys: apiKeys(store, { env: {} }) })).not.toThrow();
    expect(() => guard.authenticate({ keys: false, bearer: () => undefined })).not.toThrow();
    await guard.close();
  });
});

import { Configuration, DefaultAppDelegate, defaultConfiguration } from 'bpmn-server';
import { createGuard, type GuardOptions } from 'bpmn-guard';
import { ADMIN_USER, Guards, refusal, SILENT } from '../../support/guards.js';

const guards = new Guards('embedded');
const refused = (configuration: object): Promise<unknown> =>
  refusal(createGuard({ configuration, store: { memory: true }, logger: SILENT, env: {} } as GuardOptions));

test.each([
  [
    { definitionPath: './models' },
    'configuration.definitionPath. Did you mean configuration.definitionsPath?',
  ],
  [{ appdelegate: () => undefined }, 'Did you mean configuration.appDelegate?'],
  [{ scriptHandlers: () => undefined }, 'Did you mean configuration.scriptHandler?'],
  [{ timer: {} }, 'Did you mean configuration.timers?'],
  [{ timers: { precison: 1000 } }, 'Did you mean configuration.timers.precision?'],
  [{ definitionsPath: 5 }, 'configuration.definitionsPath must be a text'],
  [{ timers: 5 }, 'configuration.timers must be an object'],
])(
  'a member of the configuration that is misspelt or of the wrong type is refused: %j',
  async (given, message) => {
    expect(await refused(given)).toMatchObject({
      code: 'bad-configuration',
      message: expect.stringContaining(message) as unknown,
    });
  },
);

test("a configuration may have members of the application's own", async () => {
  const config = {
    appDelegate: (server: never) => new DefaultAppDelegate(server),
    mail: { from: 'a@example.com' },
    tenantNames: [],
    // Similar to a known one that is given as well.
    appDelegates: {},
  };
  expect(await (await guards.make({ config })).api.model.list({}, ADMIN_USER)).toEqual([]);
});

test("bpmn-server's own default configuration is accepted", async () => {
  const { definitionsPath: _files, ...config } = defaultConfiguration;
  expect(await (await guards.make({ config })).api.model.list({}, ADMIN_USER)).toEqual([]);
});

test('a Configuration whose appDelegate is misspelt is logged, since its class drops the name', async () => {
  const appDelegate = (server: never): DefaultAppDelegate => new DefaultAppDelegate(server);
  const logged = async (given: object): Promise<string[]> => {
    const lines: string[] = [];
    const logger = { ...SILENT, warn: (line: string) => void lines.push(line) };
    const configuration = new Configuration(given as never);
    await (await createGuard({ configuration, store: { memory: true }, logger, env: {} })).close();
    return lines.filter((line) => line.includes('appDelegate'));
  };
  expect(await logged({ appdelegate: appDelegate })).toEqual([
    "the Configuration has no appDelegate; bpmn-server's default one is used, which runs no services",
  ]);
  expect(await logged({ appDelegate })).toEqual([]);
});

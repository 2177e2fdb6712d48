import { bareStage } from './bare-stage';
import { SCENARIOS } from './scenarios';

const url = process.env.MONGO_DB_URL || undefined;

/** A host whose modules nobody has used before. */
function freshHost(): any {
  let host: any;
  jest.isolateModules(() => (host = require('bpmn-server')));
  return host;
}

describe('bpmn-server without a guard', () => {
  if (!url && process.env.CI !== 'true') {
    test.skip('MONGO_DB_URL is not set: the leaks were not shown on the bare host', () => {});
    return;
  }
  let host: any;
  beforeAll(() => {
    if (!url) throw new Error('MONGO_DB_URL is not set.');
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    host = require('bpmn-server');
  });
  afterAll(() => jest.restoreAllMocks());

  test('runs without anything of the guard: its ids are still its own', () => {
    const execution = Object.create(host.Execution.prototype);
    expect(execution.getUUID.toString()).toContain('uuid');
    expect(execution.getUUID.toString()).not.toContain('randomUUID');
  });

  test.each(SCENARIOS.map((scenario) => [`${scenario.id}: ${scenario.says}`, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const stage = await bareStage(
        scenario.alone === true ? freshHost() : host,
        url as string,
        scenario.files === true,
      );
      try {
        const result = await scenario.attack(stage);
        if (!scenario.leaked(result)) throw new Error(`did not leak: ${JSON.stringify(result)}`);
        expect(scenario.leaked(result)).toBe(true);
      } finally {
        await stage.close();
      }
    },
  );
});

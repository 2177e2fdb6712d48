import { guardedStage } from './guarded-stage';
import { SCENARIOS } from './scenarios';

const url = process.env.MONGO_DB_URL || undefined;
const stores: [string, string | undefined][] = [['the embedded store', undefined]];
if (url || process.env.CI === 'true') stores.push(['MongoDB', url]);
else test.skip('MONGO_DB_URL is not set: the leaks were not tried on MongoDB', () => {});

beforeAll(() => jest.spyOn(console, 'log').mockImplementation(() => undefined));
afterAll(() => jest.restoreAllMocks());

describe.each(stores)('with the guard on %s', (kind, at) => {
  test.each(SCENARIOS.map((scenario) => [`${scenario.id}: not so that ${scenario.says}`, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      if (kind === 'MongoDB' && !at) throw new Error('MONGO_DB_URL is not set.');
      const stage = await guardedStage(at);
      try {
        const result = await scenario.attack(stage);
        expect(result.answers).toEqual(scenario.right);
        expect(result.fine).toBe(true);
        expect(scenario.leaked(result)).toBe(false);
      } finally {
        await stage.close();
      }
    },
  );
});

test('every leak of the list has a scenario', () => {
  const all = [
    ...Array.from({ length: 8 }, (_, at) => `R${at + 1}`),
    ...Array.from({ length: 16 }, (_, at) => `W${at + 1}`),
  ];
  expect([...new Set(SCENARIOS.map(({ id }) => id))].sort()).toEqual(all.sort());
});

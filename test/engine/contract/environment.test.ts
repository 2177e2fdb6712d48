import { readFlags, readStore } from '../../../src/engine/contract/environment.js';

const SWITCHES = ['REQUIRE_AUTHENTICATION', 'ENFORCE_SECURITY', 'CASE_AUTH_ENABLED'] as const;
const SHUT = {
  requireAuthentication: true,
  enforceSecurity: true,
  bypass: false,
  caseVisibility: true,
};

test.each([undefined, '', ' ', 'true', 'TRUE'])('a switch that is %j leaves the rules on', (text) => {
  expect(readFlags(Object.fromEntries(SWITCHES.map((name) => [name, text])))).toEqual(SHUT);
});

test('false turns off what its switch is for', () => {
  expect(readFlags({ REQUIRE_AUTHENTICATION: 'false' })).toEqual({
    ...SHUT,
    requireAuthentication: false,
    bypass: true,
  });
  expect(readFlags({ ENFORCE_SECURITY: ' False ' })).toEqual({
    ...SHUT,
    enforceSecurity: false,
    bypass: true,
  });
  expect(readFlags({ CASE_AUTH_ENABLED: 'false' })).toEqual({ ...SHUT, caseVisibility: false });
});

test.each(SWITCHES)('%s: a text that is neither true nor false is refused, and named', (name) => {
  for (const text of ['no', '0', 'off', 'fals'])
    expect(() => readFlags({ [name]: text })).toThrow(
      expect.objectContaining({
        code: 'bad-environment',
        message: `${name} must be true, false or unset, got "${text}".`,
      }),
    );
});

test('empty settings of the store count as missing', () => {
  expect(readStore({ MONGO_DB_URL: ' ', DATA_DIR: ' data ' })).toEqual({ folder: 'data' });
});

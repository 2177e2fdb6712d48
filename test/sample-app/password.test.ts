interface Password {
  hashPassword(password: string): Promise<string>;
  verifyPassword(password: string, hash: string | undefined): Promise<boolean>;
}
const { hashPassword, verifyPassword } = require('../../sample-app/users/password.js') as Password;

test('a password gives its hash, another does not', async () => {
  const hash = await hashPassword('correct horse');
  expect(await verifyPassword('correct horse', hash)).toBe(true);
  expect(await verifyPassword('correct horsE', hash)).toBe(false);
  expect(await verifyPassword('', hash)).toBe(false);
});

test('two hashes of one password differ', async () => {
  expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
});

test('one password in two Unicode forms is one password', async () => {
  expect(await verifyPassword('caf\u0065\u0301', await hashPassword('caf\u00e9'))).toBe(true);
});

test.each([undefined, '', 'plain', 'scrypt$16384$8$5$AAAA', 'md5$x$y'])('no hash (%j): never right', async (hash) => {
  expect(await verifyPassword('anything', hash)).toBe(false);
});

test('an unknown user takes as long as a known one', async () => {
  const hash = await hashPassword('x');
  const time = async (stored: string | undefined) => {
    const begin = performance.now();
    for (let i = 0; i < 3; i += 1) await verifyPassword('wrong', stored);
    return performance.now() - begin;
  };
  await time(hash);
  const [known, unknown] = [await time(hash), await time(undefined)];
  expect(unknown / known).toBeGreaterThan(0.3);
  expect(unknown / known).toBeLessThan(3);
});

import { Passwords } from '../../../src/engine/users/passwords.js';

describe('a password', () => {
  const passwords = new Passwords();

  test.each([
    ['alice', 'alice12345'],
    ['alice', 'my-ALICE-password'],
    ['José', 'xx-jose\u0301-xx'],
    ['averylongname', 'AVeryLongName'],
    ['alice', 'ａｌｉｃｅ-lighthouse'],
    ['alice', 'al\u200bice-lighthouse'],
  ])('may not hold the name of its user, %s: %s', async (userName, password) => {
    await expect(passwords.check(password, userName)).rejects.toThrow(
      'A password may not contain the user name.',
    );
  });

  test.each([
    ['al', 'royal mail coach'],
    ['alice', 'correct horse battery'],
  ])('may hold a name of two characters, and anything else: %s, %s', async (userName, password) => {
    await expect(passwords.check(password, userName)).resolves.toBeUndefined();
  });

  test.each([
    'password',
    'Password1',
    'P@ssw0rd',
    'PASSW0RD',
    '12345678',
    '11111111',
    'qwertyuiop',
    '1q2w3e4r',
    'iloveyou',
    'ChangeMe',
    'letmein1',
    'ｐａｓｓｗｏｒｄ',
    'pass\u200bword',
  ])('may not be one of the most common ones, in whichever case: %s', async (password) => {
    await expect(passwords.check(password, 'alice')).rejects.toMatchObject({
      code: 'bad-request',
      message: 'This password is too common and easily guessed; choose another.',
    });
  });

  test('may hold a common one', async () => {
    await expect(passwords.check('password of a lighthouse', 'alice')).resolves.toBeUndefined();
  });
});

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

  test.each([
    'Password1!',
    '!!Password2024',
    '2026-Welcome!',
    'Pa$$w0rd1!',
    'Sommer#99',
    'passwordpassword',
    'password1password1',
    'dragondragon!!',
  ])('may not be a common one that is repeated or has a few digits and marks added: %s', async (password) => {
    await expect(passwords.check(password, 'alice')).rejects.toThrow('too common');
  });

  test.each([
    'aaaaaaaaaaaa',
    'AaAaAaAaAaAa',
    'abcabcabcab',
    '!!!!!!!!!!!!',
    '7878787878787',
    'zzzzzzzzzzzz1!',
  ])('may not repeat a few characters: %s', async (password) => {
    await expect(passwords.check(password, 'alice')).rejects.toThrow('too common');
  });

  test.each([
    'password of a lighthouse',
    'password83650917',
    'cat!9382',
    'lighthouse lighthouse',
    'correct horse battery',
    'tr7#kq29',
  ])('may hold a common one among much else: %s', async (password) => {
    await expect(passwords.check(password, 'alice')).resolves.toBeUndefined();
  });

  test('of any length is checked in a moment', async () => {
    await expect(passwords.check('ab'.repeat(512), 'alice')).rejects.toThrow('too common');
    await expect(passwords.check(`${'a'.repeat(1023)}b`, 'alice')).resolves.toBeUndefined();
  });
});

import { Passwords } from '../../../src/engine/users/passwords.js';

describe('a password', () => {
  const passwords: Passwords = new Passwords();

  test.each([
    ['alice', 'alice12345'],
    ['alice', 'my-ALICE-password'],
    ['José', 'xx-jose\u0301-xx'],
    ['averylongname', 'AVeryLongName'],
  ])('may not hold the name of its user, %s: %s', (userName, password) => {
    expect(() => passwords.check(password, userName)).toThrow(
      'A password may not hold the name of the user.',
    );
  });

  test.each([
    ['al', 'royal mail coach'],
    ['alice', 'correct horse battery'],
  ])('may hold a name of two characters, and anything else: %s, %s', (userName, password) => {
    expect(() => passwords.check(password, userName)).not.toThrow();
  });
});

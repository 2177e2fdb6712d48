import { GuardError, isGuardError } from '../../src/core/errors.js';
import { asError, classOf, isError, messageOf, propertyOf, stackOf } from '../../src/core/thrown.js';

const throwing = (): never => {
  throw new Error('from a trap');
};
const withGetter = (name: string): Error => Object.defineProperty(new Error('x'), name, { get: throwing });
const TRAPS = { getPrototypeOf: throwing, get: throwing, has: throwing };

const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** What is thrown, with its class and its message. */
const THROWN: readonly [what: string, thrown: () => unknown, name: string, message: string][] = [
  ['an error', () => new TypeError('x'), 'TypeError', 'x'],
  ['a text', () => 'x', 'string', 'x'],
  ['undefined', () => undefined, 'undefined', 'undefined'],
  ['null', () => null, 'object', 'null'],
  ['a symbol', () => Symbol('x'), 'symbol', 'Symbol(x)'],
  ['an object without a prototype', () => Object.create(null), 'object', 'a value that cannot be shown'],
  [
    'an object whose toString throws',
    () => ({ toString: throwing }),
    'object',
    'a value that cannot be shown',
  ],
  ['an error without a name', () => Object.assign(new Error('x'), { name: undefined }), 'Error', 'x'],
  ['an error with a number as name', () => Object.assign(new Error('x'), { name: 42 }), 'Error', 'x'],
  ['an error with a number as message', () => Object.assign(new Error('x'), { message: 42 }), 'Error', '42'],
  ['an error whose name throws', () => withGetter('name'), 'Error', 'x'],
  ['an error whose message throws', () => withGetter('message'), 'Error', 'undefined'],
  ['an error whose stack throws', () => withGetter('stack'), 'Error', 'x'],
  ['a Proxy whose traps throw', () => new Proxy({}, TRAPS), 'object', 'a value that cannot be shown'],
  [
    'a Proxy of a refusal',
    () => new Proxy(new GuardError('failed', 'x'), TRAPS),
    'object',
    'a value that cannot be shown',
  ],
  ['a revoked Proxy', revoked, 'object', 'a value that cannot be shown'],
];

describe('a thrown value', () => {
  test.each(THROWN)(
    '%s has a class, a message and a stack, whatever its properties do',
    (_what, thrown, name, message) => {
      const value = thrown();
      expect(classOf(value)).toBe(name);
      expect(messageOf(value)).toBe(message);
      expect(typeof stackOf(value)).toBe('string');
      expect(isGuardError(value)).toBe(false);
      expect(asError(value)).toBeInstanceOf(Error);
      if (isError(value)) expect(asError(value)).toBe(value);
      else expect(asError(value).message).toBe(message);
    },
  );

  test('is told in a text of limited length', () => {
    const error = new Error('m'.repeat(100_000));
    expect(messageOf(error)).toHaveLength(5001);
    expect(stackOf(error)).toHaveLength(20_001);
    expect(asError('m'.repeat(100_000)).message).toHaveLength(100_000);
  });

  test('has no property that cannot be read', () => {
    expect(propertyOf(withGetter('cause'), 'cause')).toBeUndefined();
    expect(propertyOf(undefined, 'cause')).toBeUndefined();
    expect(propertyOf(new Error('x', { cause: 'y' }), 'cause')).toBe('y');
  });

  test('which is a refusal with another code than those of the table is not taken for one of ours', () => {
    const error = new GuardError('failed', 'x');
    expect(isGuardError(error)).toBe(true);
    expect(isGuardError(Object.assign(error, { code: Symbol('failed') }))).toBe(false);
  });
});

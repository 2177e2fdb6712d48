import type { Scalar } from '../../src/core/value.js';

/** Values of every shape that a document or a caller may hold, the unpleasant ones first. */
export const HOSTILE_VALUES: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  '*',
  'ADMIN',
  '$user.userName',
  '.*',
  'a.b',
  '\u0000',
  'é',
  'e\u0301',
  '\ud83d\ude00',
  '\uffff',
  0,
  -0,
  1,
  1.5,
  NaN,
  Infinity,
  -Infinity,
  true,
  false,
  new Date(0),
  new Date(NaN),
  [],
  [[]],
  [null],
  [undefined],
  ['alice', 'bob'],
  [['alice']],
  {},
  { $gt: '' },
  { ref: 'user', path: 'userName' },
  { toString: null, valueOf: null },
  Object.create(null),
  Object.freeze({ length: 1, 0: 'alice' }),
  10n,
  Symbol.iterator,
  () => true,
  /alice/,
  new Map([['alice', true]]),
];

/** Values that may stand in a condition, several of each type. */
export const SCALARS: readonly Scalar[] = [
  '',
  'alice',
  'bob',
  '\ud83d\ude00',
  '\uffff',
  0,
  1,
  -1,
  1.5,
  Infinity,
  -Infinity,
  true,
  false,
  new Date(0),
  new Date(1),
];

/** Runs a function while every object inherits the given properties. */
export function polluted<T>(properties: Record<string, unknown>, run: () => T): T {
  const prototype = Object.prototype as unknown as Record<string, unknown>;
  for (const [key, value] of Object.entries(properties))
    Object.defineProperty(prototype, key, { value, configurable: true, enumerable: true, writable: true });
  try {
    return run();
  } finally {
    for (const key of Object.keys(properties)) delete prototype[key];
  }
}

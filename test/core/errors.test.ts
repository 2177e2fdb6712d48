import {
  AccessDenied,
  BadInput,
  Conflict,
  CouldNotTell,
  ERROR_CODES,
  GuardError,
  isGuardError,
  notFound,
} from '../../src/core/errors.js';
import { rowsUnder } from './reference.js';

const STATUS = [400, 401, 403, 404, 405, 409, 413, 421, 429, 500, 503, 504];

describe('errors', () => {
  test.each(Object.entries(ERROR_CODES))(
    '%s has a status of the closed list and a meaning in one sentence',
    (_code, { status, meaning }) => {
      expect(STATUS).toContain(status);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    },
  );

  test('an error carries its code, the status of the code, its class as name, and its cause', () => {
    const cause = new Error('below');
    const error = new CouldNotTell('store-unavailable', 'The store did not answer.', { cause });
    expect(error).toMatchObject({
      code: 'store-unavailable',
      status: 503,
      name: 'CouldNotTell',
      message: 'The store did not answer.',
      cause,
    });
    expect(error).toBeInstanceOf(GuardError);
    expect(error).toBeInstanceOf(Error);
  });

  test('"no" and "could not tell" are different types', () => {
    expect(new CouldNotTell('store-unavailable', 'x')).not.toBeInstanceOf(AccessDenied);
    expect(new AccessDenied('forbidden', 'x')).not.toBeInstanceOf(CouldNotTell);
  });

  test('hidden and absent resources have the same message', () => {
    expect(notFound('task')).toBeInstanceOf(AccessDenied);
    expect(notFound('task')).toMatchObject({
      code: 'not-found',
      status: 404,
      message: 'No such task, or it is not yours to see.',
    });
  });

  test('an error from another copy of the package is recognised, and no error of an application with such a code', () => {
    expect(isGuardError(new BadInput('bad-query', 'x'))).toBe(true);
    jest.isolateModules(() => {
      const copy = jest.requireActual<{ BadInput: typeof BadInput }>('../../src/core/errors.js');
      expect(copy.BadInput).not.toBe(BadInput);
      expect(isGuardError(new copy.BadInput('bad-query', 'x'))).toBe(true);
    });
    expect(isGuardError(Object.assign(new Error('x'), { code: 'bad-query', status: 400 }))).toBe(false);
  });

  test('each class takes its own codes only, as the compiler knows', () => {
    // @ts-expect-error a refusal
    expect(new BadInput('not-found', 'x').status).toBe(404);
    // @ts-expect-error no refusal
    expect(new AccessDenied('bad-query', 'x').status).toBe(400);
    // @ts-expect-error a certain answer
    expect(new CouldNotTell('forbidden', 'x').status).toBe(403);
    const status: 409 = new Conflict('conflict', 'x').status;
    expect(status).toBe(409);
  });

  test.each([
    ['an error without a code', new Error('x')],
    ['an error of the operating system', Object.assign(new Error('x'), { code: 'ENOENT' })],
    ['an error whose code is a number', Object.assign(new Error('x'), { code: 11000 })],
    ['an error with an inherited key as code', Object.assign(new Error('x'), { code: 'constructor' })],
    ['an object that is no error', { code: 'bad-query', status: 400, message: 'x' }],
    ['null', null],
    ['undefined', undefined],
    ['a text', 'bad-query'],
  ])('%s is not recognised as an error of this package', (_what, value) => {
    expect(isGuardError(value)).toBe(false);
  });
});

test('the reference page has each code with its status and meaning', () => {
  expect(rowsUnder('Errors')).toEqual(
    Object.entries(ERROR_CODES).map(([code, { status, meaning }]) => [
      `\`${code}\``,
      String(status),
      meaning,
    ]),
  );
});

test.each([
  ['AccessDenied', new AccessDenied('unauthenticated', 'x'), 401],
  ['BadInput', new BadInput('too-large', 'x'), 413],
  ['Conflict', new Conflict('busy', 'x'), 409],
  ['CouldNotTell', new CouldNotTell('closed', 'x'), 503],
])('%s is the name of the error and its class', (name, error, status) => {
  expect(error).toMatchObject({ name, status, message: 'x' });
});

test('the mark of errors is the same in all copies of the package', () => {
  const error = Object.assign(new Error('x'), { code: 'bad-query', [Symbol.for('bpmn-guard:error')]: true });
  expect(isGuardError(error)).toBe(true);
  expect(isGuardError(Object.assign(error, { code: 'of a later version' }))).toBe(false);
});

import { BadInput } from '../../../src/core/errors.js';
import { asStoreError, isDuplicate, withoutPlaces } from '../../../src/store/mongo/failure.js';

const driverError = (name: string, code: number | string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { name, code });

describe('an error of the driver', () => {
  test('is logged by class and codes, without the hosts and values that its message holds', () => {
    const below = driverError('MongoNetworkError', 'ECONNREFUSED', 'connect db.internal:27017');
    const said = withoutPlaces(driverError('MongoServerSelectionError', 7, 'db.internal is down', below));
    expect(said).toMatchObject({
      message: 'MongoServerSelectionError 7',
      cause: expect.objectContaining({ message: 'MongoNetworkError ECONNREFUSED' }),
    });
    expect(JSON.stringify(said) + String((said as Error).stack)).not.toContain('internal');
  });

  test('that leaves the outcome unknown is "could not tell"', () => {
    expect(asStoreError(driverError('MongoNetworkError', 0, 'lost'))).toMatchObject({
      code: 'store-unavailable',
      status: 503,
    });
  });

  test('about an invalid query is not an outage', () => {
    expect(asStoreError(driverError('MongoServerError', 2, 'unknown operator')).code).not.toBe(
      'store-unavailable',
    );
  });

  test('about a duplicate key is recognised by its code, from any copy of the driver', () => {
    expect(isDuplicate({ code: 11000 })).toBe(true);
    expect(isDuplicate(null)).toBe(false);
  });
});

test('an error of the guard is passed on as it is', () => {
  const error = new BadInput('bad-data', 'x');
  expect(asStoreError(error)).toBe(error);
});

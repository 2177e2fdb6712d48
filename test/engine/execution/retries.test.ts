import { Conflict, CouldNotTell } from '../../../src/core/errors.js';
import { Contexts } from '../../../src/engine/execution/context.js';
import { Retries } from '../../../src/engine/execution/retries.js';
import { SILENT } from '../../support/guards.js';

const away = (): CouldNotTell => new CouldNotTell('store-unavailable', 'The store did not answer.');

describe('Work that an outage prevents', () => {
  let retries: Retries;
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    retries = new Retries(new Contexts(), SILENT);
  });
  afterEach(() => {
    retries.stop();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  test('is tried again after pauses that are doubled up to five seconds, until it is done', async () => {
    const times: number[] = [];
    const began = Date.now();
    const work = jest.fn(async () => {
      times.push(Date.now() - began);
      if (times.length < 9) throw away();
    });
    await retries.attempt('the recovery of an instance', work);
    await jest.advanceTimersByTimeAsync(60_000);
    const pauses = times.slice(1).map((at, i) => at - (times[i] as number));
    expect(pauses).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  test('is not tried again when its failure is final, or after the guard was closed', async () => {
    const final = jest.fn(() => Promise.reject(new Error('A mistake')));
    await retries.attempt('one', final);
    const outage = jest.fn(() => Promise.reject(away()));
    await retries.attempt('another', outage);
    retries.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect([final.mock.calls.length, outage.mock.calls.length]).toEqual([1, 1]);
  });

  test('by another lock is tried again, too', async () => {
    const busy = jest.fn(() => Promise.reject(new Conflict('busy', 'The instance is in use by others.')));
    await retries.attempt('the recovery of an instance', busy);
    await jest.advanceTimersByTimeAsync(700);
    expect(busy).toHaveBeenCalledTimes(3);
  });
});

import { freshFor, ticks } from '../../src/core/clock.js';

const HOUR = 3_600_000;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('freshFor', () => {
  test('is true for exactly the given time', () => {
    const isFresh = freshFor(5000);
    expect(isFresh()).toBe(true);
    jest.advanceTimersByTime(4999);
    expect(isFresh()).toBe(true);
    jest.advanceTimersByTime(1);
    expect(isFresh()).toBe(false);
  });

  test('does not last an hour longer when the wall clock is set back by one hour', () => {
    const isFresh = freshFor(2 * HOUR);
    jest.setSystemTime(Date.now() - HOUR);
    expect(isFresh()).toBe(true);
    jest.advanceTimersByTime(2 * HOUR);
    expect(isFresh()).toBe(false);
  });

  test('becomes false at once when the wall clock is set back by more than its time', () => {
    const isFresh = freshFor(5000);
    jest.setSystemTime(Date.now() - HOUR);
    expect(isFresh()).toBe(false);
  });

  test('becomes false after a sleep of the machine, which the monotonic clock does not count', () => {
    const isFresh = freshFor(5000);
    jest.setSystemTime(Date.now() + HOUR);
    expect(isFresh()).toBe(false);
  });
});

test('the monotonic clock ignores changes of the wall clock', () => {
  const began = ticks();
  jest.setSystemTime(Date.now() - HOUR);
  jest.advanceTimersByTime(10);
  expect(ticks() - began).toBe(10);
});

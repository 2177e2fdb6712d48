import { freshFor, ticks } from '../../src/core/clock.js';

const HOUR = 3_600_000;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('What is fresh for a while', () => {
  test('is so for as long as was said, and not longer', () => {
    const isFresh = freshFor(5000);
    expect(isFresh()).toBe(true);
    jest.advanceTimersByTime(4999);
    expect(isFresh()).toBe(true);
    jest.advanceTimersByTime(1);
    expect(isFresh()).toBe(false);
  });

  test('is not fresh for an hour more when the wall clock is set back by one', () => {
    const isFresh = freshFor(2 * HOUR);
    jest.setSystemTime(Date.now() - HOUR);
    expect(isFresh()).toBe(true);
    jest.advanceTimersByTime(2 * HOUR);
    expect(isFresh()).toBe(false);
  });

  test('is stale at once when the wall clock is set back by more than it lasts', () => {
    const isFresh = freshFor(5000);
    jest.setSystemTime(Date.now() - HOUR);
    expect(isFresh()).toBe(false);
  });

  test('is stale after a sleep of the machine, which the steady clock does not count', () => {
    const isFresh = freshFor(5000);
    jest.setSystemTime(Date.now() + HOUR);
    expect(isFresh()).toBe(false);
  });
});

test('the steady clock is not set with the wall clock', () => {
  const began = ticks();
  jest.setSystemTime(Date.now() - HOUR);
  jest.advanceTimersByTime(10);
  expect(ticks() - began).toBe(10);
});

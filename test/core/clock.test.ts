import { freshFor, ticks, today, wallClock } from '../../src/core/clock.js';

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

test('the present time is that of the wall clock', () => {
  jest.setSystemTime(new Date(5));
  expect(today()).toEqual(new Date(5));
  expect(wallClock()).toBe(5);
});

describe('freshFor, where the wall clock was set by just its time', () => {
  test.each([
    [4999, true],
    [5000, false],
    [-4999, true],
    [-5000, false],
  ])('by %d ms: %s', (by, fresh) => {
    const isFresh = freshFor(5000);
    jest.setSystemTime(Date.now() + by);
    expect(isFresh()).toBe(fresh);
  });

  test('and in a process that has run for long', () => {
    jest.advanceTimersByTime(HOUR);
    expect(freshFor(5000)()).toBe(true);
  });
});

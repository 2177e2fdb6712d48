import { Work } from '../../../src/store/bson/budget.js';
import { Turns } from '../../../src/store/turns.js';

/** More steps than there are between two looks at the clock. */
const ENOUGH = 3000;
const REFUSED = expect.objectContaining({ code: 'too-expensive' }) as Error;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('a query ends after its time, which the disk may need for few steps', () => {
  const work = new Work(new Turns(), 1000);
  jest.advanceTimersByTime(1001);
  work.spend(ENOUGH);
  expect(() => work.isOver()).toThrow(REFUSED);
});

test('the time for which a query waits for others does not count', async () => {
  const turns = new Turns();
  jest.spyOn(turns, 'next').mockImplementation(async () => void jest.advanceTimersByTime(10_000));
  const work = new Work(turns, 1000);
  for (let turn = 0; turn < 5; turn++) {
    await work.next();
    work.spend(ENOUGH);
    expect(() => work.isOver()).not.toThrow();
  }
  jest.advanceTimersByTime(1001);
  work.spend(ENOUGH);
  expect(() => work.isOver()).toThrow(REFUSED);
});

test('the steps of a query are limited, and those of a single document', () => {
  const work = new Work(new Turns());
  expect(() => work.spend(750_001)).toThrow(REFUSED);
  const whole = new Work(new Turns());
  for (let at = 0; at < 40; at++) {
    whole.spend(100_000);
    whole.isOver();
  }
  expect(() => whole.spend(1)).toThrow(REFUSED);
});

test('steps that take longer weigh more against those of the document, and not of the query', () => {
  const work = new Work(new Turns());
  expect(() => work.spend(250_001, 750_003)).toThrow(REFUSED);
  const whole = new Work(new Turns());
  for (let at = 0; at < 16; at++) {
    whole.spend(250_000, 750_000);
    whole.isOver();
  }
  expect(() => whole.spend(1)).toThrow(REFUSED);
});

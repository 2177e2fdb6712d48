import { RefusalTally, type RefusalKind } from '../../src/engine/enforcement/refusal-tally.js';

const KEY: RefusalKind = { operation: 'authenticate', name: 'key', reason: 'unauthenticated' };
const LOGIN: RefusalKind = { operation: 'login', name: 'session', reason: 'unauthenticated' };
const OUTAGE: RefusalKind = { ...KEY, reason: 'store-unavailable' };

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function tally() {
  const reports: [RefusalKind, number][] = [];
  const made = new RefusalTally(async (kind, count) => void reports.push([kind, count]));
  const admitted = (kind: RefusalKind, times: number): number =>
    Array.from({ length: times }, () => made.admits(kind)).filter(Boolean).length;
  return { made, reports, admitted };
}

test('60 refusals of a kind are recorded per minute, and the number of others is reported at its end', () => {
  const { reports, admitted } = tally();
  expect(admitted(KEY, 75)).toBe(60);
  jest.advanceTimersByTime(59_999);
  expect(reports).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(reports).toEqual([[KEY, 15]]);
  expect(admitted(KEY, 61)).toBe(60);
});

test('the number is reported at the end of the minute in which the first came', () => {
  const { reports, admitted } = tally();
  jest.advanceTimersByTime(100_000);
  admitted(KEY, 60);
  jest.advanceTimersByTime(20_000);
  admitted(KEY, 1);
  jest.advanceTimersByTime(39_999);
  expect(reports).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(reports).toEqual([[KEY, 1]]);
});

test('a flood of one kind does not hide another', () => {
  const { reports, admitted } = tally();
  expect(admitted(KEY, 100_000)).toBe(60);
  expect(admitted(LOGIN, 3)).toBe(3);
  expect(admitted(OUTAGE, 61)).toBe(60);
  jest.advanceTimersByTime(60_000);
  expect(reports).toEqual([
    [KEY, 99_940],
    [OUTAGE, 1],
  ]);
});

test('a few refusals are never reported as a number, and the allowance is full again after a minute', async () => {
  const { made, reports, admitted } = tally();
  expect(admitted(KEY, 60)).toBe(60);
  jest.advanceTimersByTime(60_000);
  expect(admitted(KEY, 60)).toBe(60);
  jest.advanceTimersByTime(600_000);
  expect(reports).toEqual([]);
  admitted(KEY, 60);
  await made.flush();
  expect(reports).toEqual([]);
});

test('the count is reported once, at the end', async () => {
  const { made, reports, admitted } = tally();
  admitted(LOGIN, 62);
  await made.flush();
  expect(reports).toEqual([[LOGIN, 2]]);
  jest.advanceTimersByTime(60_000);
  expect(reports).toHaveLength(1);
});

test('a minute that is over but not reported yet does not start again', () => {
  const { reports, admitted } = tally();
  expect(admitted(KEY, 61)).toBe(60);
  // As after a long piece of work: timers have not run.
  const now = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000);
  expect(admitted(KEY, 2)).toBe(0);
  now.mockRestore();
  jest.advanceTimersByTime(60_000);
  expect(reports).toEqual([[KEY, 3]]);
  expect(admitted(KEY, 1)).toBe(1);
});

test('the wall clock, set back, does not stop the reports', () => {
  const { reports, admitted } = tally();
  admitted(KEY, 61);
  jest.setSystemTime(Date.now() - 3_600_000);
  jest.advanceTimersByTime(60_000);
  expect(reports).toEqual([[KEY, 1]]);
});

test('the number of kinds is bounded, and those beyond are still counted', () => {
  const { reports, admitted } = tally();
  for (let at = 0; at < 1000; at++) admitted({ ...KEY, name: `way-${at}` }, 1);
  jest.advanceTimersByTime(60_000);
  expect(reports).toEqual([[{ operation: 'authenticate', name: 'other', reason: 'failed' }, 740]]);
});

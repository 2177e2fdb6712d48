import { Alarms } from '../../../src/engine/execution/alarms.js';

const HOUR = 3_600_000;

describe('An alarm', () => {
  let alarms: Alarms;
  let fired: string[];
  const fire = (what: string) => (): void => void fired.push(what);

  beforeEach(() => {
    jest.useFakeTimers();
    [alarms, fired] = [new Alarms(), []];
    alarms.watch();
  });
  afterEach(() => {
    alarms.stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  test('for a time of day that passed during sleep rings within a second of waking', () => {
    alarms.at(new Date(Date.now() + HOUR), fire('due'));
    jest.advanceTimersByTime(1000);
    jest.setSystemTime(Date.now() + 8 * HOUR);
    jest.advanceTimersByTime(1001);
    expect(fired).toEqual(['due']);
    jest.advanceTimersByTime(HOUR);
    expect(fired).toEqual(['due']);
  });

  test('for a time of day does not ring early when the wall clock is set back', () => {
    const due = Date.now() + HOUR;
    alarms.at(new Date(due), fire('due'));
    jest.setSystemTime(Date.now() - HOUR);
    jest.advanceTimersByTime(2 * HOUR - 1000);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(1000);
    expect([fired, Date.now()]).toEqual([['due'], due]);
  });

  test.each([HOUR, -HOUR])('after a while rings then, when the wall clock is set by %d', (jump) => {
    alarms.after(5000, fire('over'));
    jest.setSystemTime(Date.now() + jump);
    jest.advanceTimersByTime(4999);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(fired).toEqual(['over']);
  });

  test('that was cancelled does not ring, even if the clock jumps', () => {
    alarms.at(new Date(Date.now() + HOUR), fire('due'))();
    alarms.after(HOUR, fire('over'))();
    jest.setSystemTime(Date.now() + 8 * HOUR);
    jest.advanceTimersByTime(2 * HOUR);
    expect(fired).toEqual([]);
  });
});

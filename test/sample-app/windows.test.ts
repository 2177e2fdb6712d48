interface Count {
  readonly totalHits: number;
  readonly resetTime: Date;
}
interface WindowsOf {
  init(options: { windowMs: number }): void;
  get(key: string): Count | undefined;
  increment(key: string): Count;
  decrement(key: string): void;
  resetKey(key: string): void;
  shutdown(): void;
}

const { Windows } = require('../../sample-app/web/windows.js') as { Windows: new () => WindowsOf };
const HOUR = 3_600_000;

describe('The windows of rate limits', () => {
  let windows: WindowsOf;
  beforeEach(() => {
    jest.useFakeTimers();
    windows = new Windows();
    windows.init({ windowMs: 60_000 });
  });
  afterEach(() => {
    windows.shutdown();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  test('count by key and begin anew when they are over', () => {
    expect([windows.increment('a'), windows.increment('a'), windows.increment('b')]).toMatchObject([
      { totalHits: 1 },
      { totalHits: 2 },
      { totalHits: 1 },
    ]);
    windows.decrement('a');
    expect(windows.get('a')).toMatchObject({ totalHits: 1 });
    windows.resetKey('a');
    expect(windows.get('a')).toBeUndefined();
    jest.advanceTimersByTime(60_000);
    expect(windows.get('b')).toBeUndefined();
    expect(windows.increment('b')).toMatchObject({ totalHits: 1 });
  });

  test.each([HOUR, -HOUR])('neither end nor last longer when the wall clock is set by %d', (jump) => {
    windows.increment('a');
    jest.setSystemTime(Date.now() + jump);
    const count = windows.increment('a');
    expect([count.totalHits, count.resetTime.getTime() - Date.now()]).toEqual([2, 60_000]);
    jest.advanceTimersByTime(60_000);
    expect(windows.increment('a').totalHits).toBe(1);
  });
});

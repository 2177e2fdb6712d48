import { CallLimits } from '../../src/store/call-limits.js';
import { OwnTime } from '../support/own-time.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const never = (): Promise<never> => new Promise(() => undefined);
const LATE = { code: 'store-unavailable', status: 503, message: 'The store did not answer in time.' };

describe('Time limits of store calls', () => {
  test('abort a call that takes too long', async () => {
    const limits = new CallLimits(50);
    let signal: AbortSignal | undefined;
    const call = limits.call(() => {
      ({ signal } = limits);
      return never();
    });
    await expect(call).rejects.toMatchObject(LATE);
    expect(signal).toMatchObject({ aborted: true, reason: expect.objectContaining(LATE) as unknown });
    expect(limits.signal).toBeUndefined();
  });

  test('leave results and errors of timely calls unchanged', async () => {
    const limits = new CallLimits(1000);
    expect(await limits.call(async () => 5)).toBe(5);
    await expect(limits.call(async () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  });

  test('add up the time of the calls of one piece of work, counting parallel calls once', async () => {
    const limits = new CallLimits(300);
    const took: number[] = [];
    await limits.bounded(async () => {
      await Promise.all(Array.from({ length: 10 }, () => limits.call(() => pause(100))));
      for (let i = 0; i < 4; i++) {
        const [time, began] = [new OwnTime(), Date.now()];
        await expect(limits.call(never)).rejects.toMatchObject(LATE);
        took.push(time.stop());
        if (i === 0) expect(Date.now() - began).toBeGreaterThan(250);
      }
    });
    expect(took.reduce((a, b) => a + b)).toBeLessThan(600);
  });

  test('wait only once for a dead store within one piece of work', async () => {
    const limits = new CallLimits(200);
    const time = new OwnTime();
    await limits.bounded(async () => {
      for (let i = 0; i < 3; i++) await expect(limits.call(never)).rejects.toMatchObject(LATE);
      await expect(limits.call(async () => 'back')).rejects.toMatchObject(LATE);
    });
    expect(time.stop()).toBeLessThan(390);
  });

  test('leave enough time for a command if each answer takes 2 s of 5 s', async () => {
    const limits = new CallLimits(500);
    const command = async (): Promise<string> => {
      for (let i = 0; i < 6; i++) await limits.call(() => pause(200));
      return 'stored';
    };
    expect(await limits.bounded(command)).toBe('stored');
  });

  test('do not count nested bounded work, or calls after the work has ended', async () => {
    const limits = new CallLimits(500);
    const four = async (call: () => Promise<unknown>): Promise<void> => {
      for (let i = 0; i < 4; i++) await call();
    };
    let later: Promise<void> = Promise.resolve();
    await limits.bounded(async () => {
      await four(() => limits.bounded(() => limits.call(() => pause(300))));
      later = pause(0).then(() => four(() => limits.call(() => pause(300))));
    });
    await expect(later).resolves.toBeUndefined();
  });

  test('let work continue while the store answers, and end it when the store stops answering', async () => {
    const limits = new CallLimits(40);
    expect(
      await limits.whileAnswering(
        async () => undefined,
        () => pause(200).then(() => 'built'),
      ),
    ).toBe('built');
    let signal: AbortSignal | undefined;
    const gone = limits.whileAnswering(never, () => {
      ({ signal } = limits);
      return never();
    });
    await expect(gone).rejects.toMatchObject(LATE);
    expect(signal?.aborted).toBe(true);
  });

  test('do not apply if no limit is set', async () => {
    const limits = new CallLimits();
    expect(await limits.bounded(() => limits.call(() => pause(30).then(() => 'done')))).toBe('done');
    expect(
      await limits.whileAnswering(
        () => Promise.reject(new Error('no')),
        async () => 'done',
      ),
    ).toBe('done');
  });
});

import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { CallLimits } from '../../src/store/call-limits.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const never = (): Promise<never> => new Promise(() => undefined);
const LATE = { code: 'store-unavailable', status: 503, message: 'The store did not answer in time.' };

/** What the work comes to, and how many milliseconds it waited for that. */
async function waited<T>(work: () => Promise<T>): Promise<{ ms: number; value?: T; error?: unknown }> {
  const began = Date.now();
  let outcome: { value: T } | { error: unknown } | undefined;
  void work().then(
    (value) => (outcome = { value }),
    (error: unknown) => (outcome = { error }),
  );
  await jest.advanceTimersByTimeAsync(0);
  while (outcome === undefined && Date.now() - began < 60_000) {
    await jest.advanceTimersByTimeAsync(1);
    // The turn of the event loop in which a late answer would be read takes no time.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { ms: Date.now() - began, ...outcome };
}

describe('Time limits of store calls', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate'] }));
  afterEach(() => void jest.useRealTimers());

  test('abort a call that takes too long', async () => {
    const limits = new CallLimits(50);
    let signal: AbortSignal | undefined;
    const call = await waited(() =>
      limits.call(() => {
        ({ signal } = limits);
        return never();
      }),
    );
    expect(call).toMatchObject({ ms: 50, error: LATE });
    expect(signal).toMatchObject({ aborted: true, reason: expect.objectContaining(LATE) as unknown });
    expect(limits.signal).toBeUndefined();
  });

  test('leave results and errors of timely calls unchanged', async () => {
    const limits = new CallLimits(1000);
    expect(await limits.call(async () => 5)).toBe(5);
    await expect(limits.call(async () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(await waited(() => limits.call(() => pause(999)))).toEqual({ ms: 999, value: undefined });
  });

  test('add up the time of the calls of one piece of work, counting parallel calls once', async () => {
    const limits = new CallLimits(300);
    const failing = async (): Promise<void> => void (await limits.call(never).catch(() => undefined));
    const { ms } = await waited(() =>
      limits.bounded(async () => {
        for (let i = 0; i < 3; i++)
          await Promise.all(Array.from({ length: 10 }, () => limits.call(() => pause(300 - 1))));
        // Of four times 300 there are 303 left: one call, and no later one waits.
        for (let i = 0; i < 4; i++) await failing();
      }),
    );
    expect(ms).toBe(3 * 299 + 300);
  });

  test('wait only once for a dead store within one piece of work', async () => {
    const limits = new CallLimits(200);
    const { ms } = await waited(() =>
      limits.bounded(async () => {
        for (let i = 0; i < 3; i++) await expect(limits.call(never)).rejects.toMatchObject(LATE);
        await expect(limits.call(async () => 'back')).rejects.toMatchObject(LATE);
      }),
    );
    expect(ms).toBe(200);
  });

  test('leave enough time for a command if each answer takes 2 s of 5 s', async () => {
    const limits = new CallLimits(5000);
    const command = async (): Promise<string> => {
      for (let i = 0; i < 6; i++) await limits.call(() => pause(2000));
      return 'stored';
    };
    expect(await waited(() => limits.bounded(command))).toEqual({ ms: 12_000, value: 'stored' });
  });

  test('end work whose calls have waited four times the limit', async () => {
    const limits = new CallLimits(5000);
    const command = async (): Promise<void> => {
      for (let i = 0; i < 6; i++) await limits.call(() => pause(4000));
    };
    expect(await waited(() => limits.bounded(command))).toMatchObject({ ms: 20_000, error: LATE });
  });

  test('do not count nested bounded work, or calls after the work has ended', async () => {
    const limits = new CallLimits(500);
    const four = async (call: () => Promise<unknown>): Promise<void> => {
      for (let i = 0; i < 4; i++) await call();
    };
    let later: Promise<void> = Promise.resolve();
    const bounded = await waited(() =>
      limits.bounded(async () => {
        await four(() => limits.bounded(() => limits.call(() => pause(300))));
        later = pause(1).then(() => four(() => limits.call(() => pause(499))));
      }),
    );
    expect(bounded).toEqual({ ms: 1200, value: undefined });
    expect(await waited(() => later)).toEqual({ ms: 1 + 4 * 499, value: undefined });
  });

  test('let work continue while the store answers, and end it when the store stops answering', async () => {
    const limits = new CallLimits(40);
    const building = limits.whileAnswering(
      async () => undefined,
      () => pause(200).then(() => 'built'),
    );
    expect(await waited(() => building)).toEqual({ ms: 200, value: 'built' });
    let signal: AbortSignal | undefined;
    const gone = limits.whileAnswering(never, () => {
      ({ signal } = limits);
      return never();
    });
    expect(await waited(() => gone)).toMatchObject({ ms: 80, error: LATE });
    expect(signal?.aborted).toBe(true);
  });

  test('do not apply if no limit is set', async () => {
    const limits = new CallLimits();
    const day = (): Promise<string> => pause(30_000).then(() => 'done');
    expect(await waited(() => limits.bounded(() => limits.call(day)))).toMatchObject({ value: 'done' });
    expect(
      await limits.whileAnswering(
        () => Promise.reject(new Error('no')),
        async () => 'done',
      ),
    ).toBe('done');
  });
});

/** Answers whatever it is sent, in a thread of its own, and says so in shared memory. */
const ANSWERING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const answered = new Int32Array(workerData);
  const server = require('node:net').createServer((socket) =>
    socket.on('error', () => undefined).on('data', () =>
      socket.write('answer', () => {
        Atomics.store(answered, 0, 1);
        Atomics.notify(answered, 0);
      })));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address()));
`;

test('an answer that came while the process stood still is taken, however long that was', async () => {
  const shared = new SharedArrayBuffer(4);
  const worker = new Worker(ANSWERING, { eval: true, workerData: shared });
  const [{ port }] = (await once(worker, 'message')) as [AddressInfo];
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    const limits = new CallLimits(20);
    const call = limits.call(async () => {
      socket.write('question');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      return answer.toString();
    });
    // The question is on its way; nothing more happens in this thread until the answer is there, and too late.
    await new Promise((resolve) => setImmediate(resolve));
    const standing = new Int32Array(shared);
    Atomics.wait(standing, 0, 0, 30_000);
    Atomics.wait(standing, 0, 1, 60);
    expect(await call).toBe('answer');
  } finally {
    socket.destroy();
    await worker.terminate();
  }
});

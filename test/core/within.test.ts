import { within } from '../../src/core/within.js';

test('what answers in time is answered', async () => {
  await expect(within(1000, Promise.resolve(7))).resolves.toBe(7);
});

test('what fails in time fails with its own error', async () => {
  const error = new Error('broken');
  await expect(within(1000, Promise.reject(error))).rejects.toBe(error);
});

test('what takes longer is given up, with the limit in the message', async () => {
  await expect(within(5, new Promise(() => undefined))).rejects.toThrow('No answer within 5 ms.');
});

test('what takes longer has the result for that, which may also be a failure', async () => {
  const never = new Promise(() => undefined);
  await expect(within(5, never, () => 'late')).resolves.toBe('late');
  const refuse = (): never => {
    throw new Error('too slow');
  };
  await expect(within(5, never, refuse)).rejects.toThrow('too slow');
});

test('what fails after it was given up ends no process', async () => {
  const unhandled = jest.fn();
  process.on('unhandledRejection', unhandled);
  let fail: (error: Error) => void = () => undefined;
  const late = new Promise((_resolve, reject) => (fail = reject));
  await expect(within(5, late)).rejects.toThrow('No answer');
  fail(new Error('too late'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

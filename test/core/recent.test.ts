import { Recent, seldom } from '../../src/core/recent.js';

let now = 1_000_000;
beforeEach(() => {
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

describe('a recent value', () => {
  test('is known until its time has passed', () => {
    const values = new Recent<string, number>(100);
    values.set('a', 1);
    now += 99;
    expect(values.get('a')).toBe(1);
    now += 1;
    expect(values.get('a')).toBeUndefined();
  });

  test('is forgotten by its key', () => {
    const values = new Recent<string, number>(100);
    values.set('a', 1);
    values.set('b', 2);
    values.delete('a');
    expect([values.get('a'), values.get('b')]).toEqual([undefined, 2]);
  });

  test('never fills more than its room', () => {
    const values = new Recent<number, number>(100, 3);
    for (let key = 0; key < 10; key++) values.set(key, key);
    const known = Array.from({ length: 10 }, (_, key) => values.get(key)).filter(
      (value) => value !== undefined,
    );
    expect(known.length).toBeLessThanOrEqual(3);
    expect(known).toContain(9);
  });
});

describe('a question that is asked seldom', () => {
  test('is shared by all who ask before its time has passed', async () => {
    const ask = jest.fn(async () => now);
    const question = seldom(100, ask);
    const [first, second] = await Promise.all([question(), question()]);
    expect([first, second, await question()]).toEqual([now, now, now]);
    expect(ask).toHaveBeenCalledTimes(1);
    now += 100;
    expect(await question()).toBe(now);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test('is asked again after a failure, which those who wait share', async () => {
    const ask = jest.fn<Promise<number>, []>().mockRejectedValueOnce(new Error('gone')).mockResolvedValue(7);
    const question = seldom(100, ask);
    const outcomes = await Promise.allSettled([question(), question()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(await question()).toBe(7);
  });

  test('is asked again once it is forgotten, even while an answer is awaited', async () => {
    const answers: ((value: number) => void)[] = [];
    const question = seldom(100, () => new Promise<number>((resolve) => answers.push(resolve)));
    const before = question();
    question.forget();
    const after = question();
    answers[0]?.(1);
    answers[1]?.(2);
    expect([await before, await after, await question()]).toEqual([1, 2, 2]);
  });
});

test('a value that fills the room takes no other away', () => {
  const values = new Recent<number, number>(100, 3);
  for (const key of [1, 2, 3]) values.set(key, key);
  expect([1, 2, 3].map((key) => values.get(key))).toEqual([1, 2, 3]);
  values.set(4, 4);
  expect([1, 2, 3, 4].map((key) => values.get(key))).toEqual([undefined, undefined, undefined, 4]);
});

test('an old question that fails late does not take the new answer away', async () => {
  let fail = (_error: Error): void => undefined;
  const questions = [
    () => new Promise<string>((_resolve, reject) => (fail = reject)),
    () => Promise.resolve('new'),
    () => Promise.resolve('newer'),
  ];
  const ask = seldom(100, () => (questions.shift() as () => Promise<string>)());
  const old = ask();
  ask.forget();
  expect(await ask()).toBe('new');
  fail(new Error('late'));
  await expect(old).rejects.toThrow('late');
  expect(await ask()).toBe('new');
});

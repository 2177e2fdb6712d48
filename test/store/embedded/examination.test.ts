import { Examination, type Examined } from '../../../src/store/embedded/examination.js';
import { NO_COMMIT } from '../../../src/store/embedded/commit.js';

afterEach(() => jest.restoreAllMocks());

test('a part of an examination lets others go on, though its values are all there', async () => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  async function* values(): AsyncGenerator<Examined> {
    for (let at = 0; at < 100; at++) {
      now += 2;
      yield { key: `k${at}`.padStart(4, '0'), size: 1, sum: 1 };
    }
  }
  let [rounds, isOver] = [0, false];
  const count = (): void => {
    rounds++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await new Examination(values, false, () => NO_COMMIT).next();
  isOver = true;
  expect(rounds).toBeGreaterThanOrEqual(15);
});

test('a value that is no instance is damage, with its name', async () => {
  async function* values(space: string): AsyncGenerator<Examined> {
    if (space === 'instance') yield { key: 'i', size: 9, value: new Uint8Array(9), sum: 1 };
  }
  const examination = new Examination(values, true, () => NO_COMMIT);
  const all = async (): Promise<void> => {
    while (!(await examination.next()));
  };
  await expect(all()).rejects.toMatchObject({
    code: 'store-damaged',
    message: expect.stringContaining('"instance" "i" is no instance') as unknown,
  });
  expect(examination.count).toBe(0);
});

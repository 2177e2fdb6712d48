import { createGuard, type Guard } from 'bpmn-guard';
import { administrator } from 'bpmn-guard/testing';

describe('What a caller sends as a model', () => {
  let guard: Guard;
  beforeAll(async () => {
    guard = await createGuard({ store: { memory: true }, env: {} });
  });
  afterAll(() => guard.close());

  test('is refused without a word of it in the log when it cannot be read', async () => {
    const printed: string[] = [];
    const spy = jest
      .spyOn(console, 'log')
      .mockImplementation((...words: unknown[]) => void printed.push(words.join(' ')));
    try {
      await expect(
        guard.api.model.save('Secret', '<bpmn:secret-of-mine', null, administrator()),
      ).rejects.toMatchObject({ code: 'bad-model', status: 400 });
    } finally {
      spy.mockRestore();
    }
    expect(printed).toEqual([]);
  });
});

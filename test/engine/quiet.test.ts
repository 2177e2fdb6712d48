import { createGuard, SecureUser, type Guard } from 'bpmn-guard';
import { administrator } from 'bpmn-guard/testing';

describe('A model sent by a caller', () => {
  let guard: Guard;
  beforeAll(async () => {
    guard = await createGuard({ store: { memory: true }, env: {} });
  });
  afterAll(() => guard.close());

  test('is refused without being logged if it cannot be read', async () => {
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

  test('what goes wrong is printed on standard error where the application brings no logger', async () => {
    const printed: unknown[][] = [];
    const spy = jest.spyOn(console, 'error').mockImplementation((...words) => void printed.push(words));
    const failing = await createGuard({
      store: { memory: true },
      env: {},
      policies: [{ name: 'broken', answer: (user) => (user.userName === 'ann' ? (null as never) : {}) }],
    });
    try {
      await expect(failing.api.data.findItems({}, new SecureUser({ userName: 'ann' }))).rejects.toMatchObject(
        { code: 'could-not-tell' },
      );
      expect(printed).toContainEqual([
        'bpmn-guard:',
        expect.stringContaining('a policy failed'),
        expect.objectContaining({ policy: 'broken' }),
      ]);
    } finally {
      spy.mockRestore();
      await failing.close();
    }
  });
});

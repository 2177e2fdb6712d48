import { randomUUID } from 'node:crypto';
import { AccessDenied, CouldNotTell, openStore, type Store } from 'bpmn-guard';
import { eventually } from '../support/guards.js';

type Once = (req: object, userName: string, work: () => Promise<string>) => Promise<string>;
const { onceIn } = require('../../sample-app/web/once.js') as {
  onceIn(store: Pick<Store, 'locks' | 'values'>): Once;
};

let store: Store;
beforeEach(async () => {
  store = await openStore({ memory: true });
});
afterEach(() => store.close());

const noAnswer = (): Promise<never> => Promise.reject(new Error('The store does not answer.'));
/** The store, whose calls of that name fail so often, after some that go well. */
function failing(
  part: 'get' | 'set' | 'acquire' | 'release',
  times: number,
  goesWell = 0,
): Pick<Store, 'locks' | 'values'> {
  let [well, left] = [goesWell, times];
  const flaky = <T extends object>(whole: T, name: string): T =>
    new Proxy(whole, {
      get(target, key) {
        const method = Reflect.get(target, key) as (...args: unknown[]) => unknown;
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          if (key !== name || left === 0 || well-- > 0) return method.apply(target, args);
          left--;
          // It may have been done, and only the answer be lost.
          return name === 'acquire' ? Promise.resolve(method.apply(target, args)).then(noAnswer) : noAnswer();
        };
      },
    });
  return { locks: flaky(store.locks, part), values: (kind) => flaky(store.values(kind), part) };
}

test.each([
  ['the answer to an earlier one could not be read', 'get'],
  ['it is not known whether it was locked', 'acquire'],
  ['its beginning could not be stored', 'set'],
] as const)('a form that failed because %s can be sent again at once', async (_why, part) => {
  const once = onceIn(failing(part, 1));
  const form = { body: { _once: randomUUID() } };
  let runs = 0;
  const work = async (): Promise<string> => `/done/${(runs += 1)}`;
  await expect(once(form, 'ann', work)).rejects.toThrow('does not answer');
  expect(await store.locks.list()).toEqual([]);
  expect(await once(form, 'ann', work)).toBe('/done/1');
  expect(await once(form, 'ann', work)).toBe('/done/1');
});

test('a form that was carried out is answered and unlocked, though it could not be unlocked at first', async () => {
  const once = onceIn(failing('release', 1));
  const form = { body: { _once: randomUUID() } };
  expect(await once(form, 'ann', async () => '/done')).toBe('/done');
  expect(await once(form, 'ann', async () => '/again')).toBe('/done');
  await eventually(async () => (await store.locks.list()).length === 0);
});

const UNKNOWN = { code: 'could-not-tell', message: expect.stringContaining('not known whether') };

test('a form that was carried out is answered though the answer cannot be kept, and is not carried out again', async () => {
  const once = onceIn(failing('set', 1, 1));
  const form = { body: { _once: randomUUID() } };
  let runs = 0;
  const work = async (): Promise<string> => `/done/${(runs += 1)}`;
  expect(await once(form, 'ann', work)).toBe('/done/1');
  await expect(once(form, 'ann', work)).rejects.toMatchObject(UNKNOWN);
  expect(runs).toBe(1);
  expect(await once({ body: { _once: randomUUID() } }, 'ann', work)).toBe('/done/2');
});

test.each([
  ['the store did not answer', new CouldNotTell('store-unavailable', 'The store does not answer.')],
  ['the application failed', new TypeError('No such page.')],
])(
  'a form of which nobody can tell whether it was carried out, because %s, is not sent again',
  async (_why, error) => {
    const once = onceIn(store);
    const form = { body: { _once: randomUUID() } };
    let runs = 0;
    const work = async (): Promise<string> => {
      runs += 1;
      throw error;
    };
    await expect(once(form, 'ann', work)).rejects.toBe(error);
    await expect(once(form, 'ann', work)).rejects.toMatchObject(UNKNOWN);
    expect(runs).toBe(1);
    expect(await store.locks.list()).toEqual([]);
  },
);

test('a form that was refused is carried out when it is sent again', async () => {
  const once = onceIn(store);
  const form = { body: { _once: randomUUID() } };
  const refused = new AccessDenied('forbidden', 'You may not do this.');
  await expect(once(form, 'ann', () => Promise.reject(refused))).rejects.toBe(refused);
  expect(await once(form, 'ann', async () => '/done')).toBe('/done');
});

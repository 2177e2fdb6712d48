import { openStore, type Store } from 'bpmn-guard';
import { lastingPlace, onStores, type Place } from '../support/stores.js';

type Done = (error: unknown, value?: any) => void;
interface Sessions {
  get(id: string, done: Done): void;
  set(id: string, value: object, done: Done): void;
  destroy(id: string, done: Done): void;
  createSession(req: object, value: object): any;
  listOf(userName: string, mark: string, present: string): Promise<unknown[]>;
  endAll(userName: string): Promise<void>;
}
const { SessionStore } = require('../../sample-app/session/store.js') as {
  SessionStore: new (store: object, times: { idle: number; longest: number }) => Sessions;
};
const HOUR = 3_600_000;
const TIMES = { idle: HOUR, longest: 8 * HOUR };

const asked = <T>(ask: (done: Done) => void): Promise<T> =>
  new Promise((resolve, reject) => ask((error, value) => (error ? reject(error as Error) : resolve(value))));

onStores('a session that ends while a request stores it', (kind) => {
  let place: Place;
  let store: Store;
  beforeAll(async () => {
    place = lastingPlace(kind);
    store = await openStore(place.options);
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  const ENDS: readonly [string, (sessions: Sessions, id: string) => Promise<unknown>][] = [
    ['logout', (sessions, id) => asked((done) => sessions.destroy(id, done))],
    ['signing out everywhere', (sessions) => sessions.endAll('ann')],
  ];

  test.each(ENDS)('stays ended: %s', async (what, end) => {
    const id = `session of ${what}`;
    const sessions = new SessionStore(store, TIMES);
    const began = new Date();
    await asked((done) =>
      sessions.set(id, { cookie: {}, began, passport: { user: { userName: 'ann', mark: 'm' } } }, done),
    );
    const value = await asked<any>((done) => sessions.get(id, done));
    expect(value.passport.user.userName).toBe('ann');
    expect(await sessions.listOf('ann', 'm', id)).toHaveLength(1);

    // Another process ends it between the look and the write of the request.
    const values = store.values('sessions');
    const held = {
      values: (name: string) =>
        name !== 'sessions'
          ? store.values(name)
          : Object.assign(Object.create(values) as object, {
              set: async (...given: Parameters<typeof values.set>) => {
                await end(sessions, id);
                return values.set(...given);
              },
              get: (key: string) => values.get(key),
            }),
    };
    const slow = new SessionStore(held, TIMES);
    const session = slow.createSession({}, { ...value, cookie: { originalMaxAge: null } });
    await asked((done) => slow.set(id, { ...session, list: '/instances?process=x' }, done));

    expect(await asked((done) => sessions.get(id, done))).toBeNull();
    expect(await sessions.listOf('ann', 'm', id)).toEqual([]);
  });
});

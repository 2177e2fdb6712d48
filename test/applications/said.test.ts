import { ADMIN_USER } from '../support/guards.js';
import { onMongo } from '../support/stores.js';
import { believing, DOORS, PLACES } from './said.js';
import { bare, guarded, type Browser, type Loose, type Opened } from './stage.js';

const ROOT = { userName: 'root', userGroups: ['ADMIN'] };
const ANN = { userName: 'ann', userGroups: ['clerks'] };

/** A request whose every place for a user says the same. */
function say(
  browser: Browser,
  who: string | undefined,
  path: string,
  id: string,
  user: unknown,
): Promise<Loose> {
  const [at, name] = [path.split('/').at(-1), encodeURIComponent((user as Loose)?.userName ?? user)];
  const body =
    at === 'body.options'
      ? { options: { userName: user } }
      : at?.startsWith('body') === true
        ? { [at.slice('body.'.length)]: user }
        : {};
  const query = at === 'query' ? `&userName=${name}` : '';
  const headers = at === 'header' ? { 'x-user-name': name } : {};
  return browser.go(who, 'POST', `${path}?id=${id}${query}`, body, headers as Record<string, string>);
}

/** The paths of a kind of door, with every place that can hold such a user. */
const paths = (door: keyof typeof DOORS, places: readonly string[]): string[] =>
  Object.keys(DOORS[door]).flatMap((call) => places.map((place) => `/${door}/${call}/${place}`));

/** An instance of ann's, whose task she has. */
async function taken({ server, guard }: Opened): Promise<{ readonly id: string; readonly task: string }> {
  const as = <T>(work: () => Promise<T>): Promise<T> =>
    guard === undefined ? work() : guard.runAs(ANN, work);
  const name = guard === undefined ? 'ann' : undefined;
  const { id } = await as<Loose>(() => server.engine.start('Leave', { days: 2 }, null, name));
  const [{ id: task }] = await as<Loose>(() => server.dataStore.findItems({ id, 'items.elementId': 'ask' }));
  await as(() => server.engine.assign({ 'items.id': task }, {}, { assignee: 'ann' }, name));
  return { id, task };
}

beforeAll(() => void jest.spyOn(console, 'log').mockImplementation(() => undefined));

onMongo('a route that believes what a request says of its user', () => {
  test('lets everybody act as root on bpmn-server alone, and nobody but who signed in with a guard', async () => {
    const both = [await bare(believing), await guarded(believing)] as const;
    try {
      const seen: unknown[] = [];
      for (const opened of both) {
        await opened.browser.signIn('bob');
        const { task } = await taken(opened);
        const of = async (path: string): Promise<unknown> =>
          (await say(opened.browser, 'bob', path, task, path.startsWith('/api') ? ROOT : 'root')).status;
        seen.push([
          await of('/engine/start/body.userId'),
          await of('/api/tasks/body.user'),
          await of('/engine/invoke/body.userName'),
        ]);
      }
      // A list shows less instead of refusing.
      expect(seen).toEqual([
        [200, 200, 200],
        [401, 200, 401],
      ]);
    } finally {
      for (const one of both) await one.close();
    }
  });

  test('answers who names themself as it did before', async () => {
    const both = [await bare(believing), await guarded(believing)] as const;
    try {
      const seen: unknown[] = [];
      for (const opened of both) {
        await opened.browser.signIn('ann');
        const { task } = await taken(opened);
        const answers: unknown[] = [];
        for (const path of [
          '/engine/start/body.userId',
          '/engine/start/query',
          '/engine/start/header',
          '/api/start/body.user',
          '/api/tasks/body.user',
          '/api/models/body.user',
          '/engine/invoke/body.options',
        ]) {
          const { status, body } = await say(
            opened.browser,
            'ann',
            path,
            task,
            path.startsWith('/api') ? ANN : 'ann',
          );
          answers.push([path, status, body]);
        }
        seen.push(answers);
      }
      expect(seen[1]).toEqual(seen[0]);
    } finally {
      for (const one of both) await one.close();
    }
  });
});

describe('with a guard, whatever place of a request names somebody else', () => {
  let opened: Opened;
  let mine: { readonly id: string; readonly task: string };
  beforeAll(async () => {
    opened = await guarded(believing);
    mine = await taken(opened);
    await opened.browser.signIn('bob');
    await opened.browser.signIn('ann');
  });
  afterAll(() => opened.close());

  const stored = (): Promise<unknown> => (opened.guard as Loose).store.instances.load(mine.id);
  const count = async (): Promise<number> =>
    ((await opened.guard?.api.data.findInstances({}, ADMIN_USER)) as unknown[]).length;

  /** What must not have come of it, whether it was refused or answered with what the caller may see. */
  async function expectNothing(
    who: string | undefined,
    all: readonly string[],
    users: readonly unknown[],
  ): Promise<void> {
    const [before, many] = [await stored(), await count()];
    for (const path of all)
      for (const user of users) {
        const { status, body } = await say(opened.browser, who, path, mine.task, user);
        const shows = JSON.stringify(body.done ?? []) !== '[]';
        const isAnns = who === 'ann' && status === 200;
        if (status !== 200)
          expect([path, user, [400, 401, 403].includes(status)]).toEqual([path, user, true]);
        else expect([path, user, shows && !isAnns]).toEqual([path, user, false]);
      }
    expect(await stored()).toEqual(before);
    expect(await count()).toBe(many);
  }

  test.each(['bob', undefined])('server.engine does nothing for them (signed in: %s)', async (who) => {
    await expectNothing(who, paths('engine', PLACES), [
      'root',
      'ann',
      ROOT,
      { userName: ROOT },
      [ROOT],
      ['root'],
    ]);
  });

  test.each(['bob', undefined])("nor does upstream's BPMNAPI (signed in: %s)", async (who) => {
    await expectNothing(who, paths('api', ['body.user', 'body.userId', 'body.userName']), [ROOT, ANN]);
  });
});

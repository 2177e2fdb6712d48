import { apiKeys, type ApiKeys, type NewKey } from 'bpmn-guard';
import { EXPRESSES, Running, tellErrors, type Express } from './running.js';
import { API_KEY, setStage, type Stage } from './stage.js';

const MAY = { dangerouslyActsForDesigners: 'models are drawn elsewhere' };
const KEYS: Record<string, NewKey> = {
  anyone: { actsFor: 'anyone' },
  group: { actsFor: { groups: ['DESIGNER'] } },
  designers: { actsFor: 'anyone', ...MAY },
  itself: { groups: ['DESIGNER'], ...MAY },
  administrators: { actsFor: 'anyone', dangerouslyActsForAdministrators: 'it is the console' },
};

describe.each([
  ['with a directory', true],
  ['without one', false],
])('keys and designers, %s', (_name, withDirectory) => {
  let stage: Stage;
  let keys: ApiKeys;
  let running: Running;
  const texts: Record<string, string> = { API_KEY };
  beforeAll(async () => {
    stage = await setStage({ withDirectory });
    await stage.directory.add({ userName: 'dora', userGroups: ['DESIGNER'] });
    keys = apiKeys(stage.store, { env: { API_KEY } });
    for (const [name, options] of Object.entries(KEYS)) texts[name] = (await keys.create(name, options)).text;
    const old = await keys.create('old', { groups: ['x'] });
    const values = stage.store.values('keys');
    const row = (await values.get(old.key.id)) as object;
    await values.set(old.key.id, { ...row, groups: ['DESIGNER'] });
    texts.old = old.text;
    const [, express] = EXPRESSES[0] as [string, Express];
    const app = express();
    app.use(express.json());
    app.use(stage.guard.authenticate({ keys: apiKeys(stage.store, { env: { API_KEY } }) }));
    app.post('/me', (_req: any, res: any) => void res.json(res.locals.principal));
    running = await Running.start(tellErrors(app));
  });
  afterAll(async () => {
    await running.stop();
    await stage.close();
  });
  const me = async (key: string, body: object = {}) => {
    const headers = { 'x-api-key': texts[key] as string };
    const answer = await running.send('/me', { method: 'POST', headers, body });
    return answer.status === 200 ? answer.body.userGroups : answer.status;
  };
  const claim = (...userGroups: string[]) => ({ user: { userName: 'dora', userGroups } });

  test('a key that may not act for administrators cannot act for designers either', async () => {
    for (const key of ['API_KEY', 'anyone', 'group']) {
      expect([key, await me(key, claim('DESIGNER'))]).toEqual([key, 403]);
      expect([key, await me(key, claim(' DESIGNER ', 'hr'))]).toEqual([key, 403]);
      if (withDirectory) expect([key, await me(key, { userId: 'dora' })]).toEqual([key, 403]);
    }
    expect(await me('anyone', { userId: 'bob' })).toEqual(withDirectory ? ['it'] : []);
  });

  test('a key that may acts for designers of the directory; a body cannot claim the group', async () => {
    for (const key of ['designers', 'administrators']) {
      expect([key, await me(key, { userId: 'dora' })]).toEqual([key, withDirectory ? ['DESIGNER'] : []]);
      expect([key, await me(key, claim('DESIGNER'))]).toEqual([key, withDirectory ? ['DESIGNER'] : 403]);
      expect([key, await me(key, { user: { userName: 'bob', userGroups: ['DESIGNER'] } })]).toEqual([
        key,
        withDirectory ? ['it'] : 403,
      ]);
    }
    expect(await me('designers', { user: { userName: 'root', userGroups: ['ADMIN'] } })).toBe(403);
    if (withDirectory) expect(await me('designers', { userId: 'root' })).toBe(403);
  });

  test('a key is a designer only with a reason; an older key without one is invalid', async () => {
    expect(await me('itself')).toEqual(['DESIGNER']);
    expect(await me('old')).toBe(401);
  });

  test('the key of the environment needs an option of its own', async () => {
    const found = async (options: object) =>
      (await apiKeys(stage.store, { env: { API_KEY }, ...options }).find(API_KEY)) as object;
    expect(await found({ dangerouslyLetApiKeyActForDesigners: 'why' })).toMatchObject({
      dangerouslyActsForDesigners: 'why',
    });
    expect(await found({})).not.toHaveProperty('dangerouslyActsForDesigners');
    for (const bad of [true, '', ' '])
      expect(() =>
        apiKeys(stage.store, { env: {}, dangerouslyLetApiKeyActForDesigners: bad as never }),
      ).toThrow(expect.objectContaining({ code: 'bad-configuration' }) as Error);
  });
});

import * as crypto from 'node:crypto';
import type { AuditEntry } from 'bpmn-guard';
import { expiredKey } from '../support/expired-key.js';
import { EXPRESSES, Running, tellErrors, type App, type Express } from './running.js';
import { API_KEY, setStage, type Stage } from './stage.js';

jest.mock('node:crypto', () => {
  const real = jest.requireActual<typeof crypto>('node:crypto');
  return { ...real, timingSafeEqual: jest.fn(real.timingSafeEqual) };
});

const compare = crypto.timingSafeEqual as unknown as jest.Mock;

function application(express: Express, { guard, keys }: Stage): App {
  const app = express();
  app.use(express.json({ limit: '2mb' }));
  app.use(express.urlencoded({ extended: true }));
  app.use(
    guard.authenticate({ keys, bearer: (token) => (token === 'good' ? { userName: 'alice' } : undefined) }),
  );
  app.all('/me', (_req: any, res: any) => void res.json({ userName: res.locals.principal.userName }));
  return tellErrors(app);
}

describe.each(EXPRESSES)('%s', (_name, express) => {
  let stage: Stage;
  let running: Running;
  let good: string;
  let expired: string;
  let revoked: string;

  beforeAll(async () => {
    stage = await setStage();
    good = (await stage.keys.create('good', { actsFor: 'anyone' })).text;
    revoked = (await stage.keys.create('revoked')).text;
    await stage.keys.revoke('revoked');
    expired = (await expiredKey(stage.keys, 'expired')).text;
    running = await Running.start(application(express, stage));
  });
  afterAll(async () => {
    await running.stop();
    await stage.close();
  });

  const secrets = (): string[] => [API_KEY, good, expired, revoked];
  const flipped = (text: string, at: number): string =>
    text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

  const BAD: [string, () => string | string[]][] = [
    ['empty', () => ''],
    ['spaces', () => '   '],
    ['the word undefined', () => 'undefined'],
    ['a prefix of the key', () => good.slice(0, -1)],
    ['the key and one letter more', () => `${good}A`],
    ['one letter changed at the end', () => flipped(good, good.length - 1)],
    ['one letter changed in the id', () => flipped(good, 4)],
    ['the id alone', () => good.slice(0, 20)],
    ['a key of that form that nobody made', () => `bg_${'0'.repeat(16)}_${'A'.repeat(43)}`],
    ['upper case', () => good.toUpperCase()],
    ['a prefix of API_KEY', () => API_KEY.slice(0, -1)],
    ['expired', () => expired],
    ['revoked', () => revoked],
    ['two keys in two headers', () => [good, good]],
    ['a good and a bad one', () => [good, 'x']],
    ['two keys in one header', () => `${good}, ${good}`],
    ['Latin-1', () => 'k\u00e9y-\u00ff'],
    ['a JSON object', () => '{"$ne":null}'],
    ['a JSON list', () => `["${good}"]`],
    ['__proto__', () => '__proto__'],
    ['constructor', () => 'constructor'],
    ['long', () => 'a'.repeat(10_000)],
    ['long, and it begins with the key', () => good + 'a'.repeat(5000)],
    ['the SHA-256 of the key', () => crypto.createHash('sha256').update(good).digest('hex')],
  ];

  test.each(BAD)('%s in x-api-key: 401, without repeating the text', async (_what, value) => {
    const answer = await running.send('/me', {
      method: 'POST',
      headers: { 'x-api-key': value() },
      body: { userId: 'alice' },
    });
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    for (const text of [...secrets(), ...[value()].flat().filter((part) => part.trim().length > 12)]) {
      expect(answer.text).not.toContain(text);
      expect(stage.log()).not.toContain(text);
      expect(JSON.stringify(await stage.audit())).not.toContain(text);
    }
  });

  test.each([
    ['query', '/me?x-api-key=KEY&apiKey=KEY&api_key=KEY&access_token=good&token=good', undefined, {}],
    ['body', '/me', { 'x-api-key': 'KEY', apiKey: 'KEY', access_token: 'good' }, {}],
    ['cookie', '/me', undefined, { cookie: 'x-api-key=KEY; apiKey=KEY; token=good' }],
    [
      'other headers',
      '/me',
      undefined,
      { apikey: 'KEY', 'x-apikey': 'KEY', 'x-forwarded-user': 'alice', authorization: 'Basic YWxpY2U6cHc=' },
    ],
    ['authorization', '/me', undefined, { authorization: 'ApiKey KEY' }],
  ])('a key in %s is ignored', async (_where, path, body, headers) => {
    const withKey = <T>(value: T): T =>
      value === undefined ? value : (JSON.parse(JSON.stringify(value).replaceAll('KEY', good)) as T);
    const answer = await running.send(withKey(path), {
      method: 'POST',
      headers: withKey(headers) as Record<string, string>,
      body: withKey(body),
    });
    expect([answer.status, answer.body.message]).toEqual([401, 'The request has no credentials.']);
  });

  test.each([
    ['Bearer'],
    ['Bearer '],
    ['Bearer good good'],
    ['Bearer good,good'],
    ['Bearer \u00fc'],
    [`Bearer ${'a'.repeat(9000)}`],
    ['Bearer {"$ne":1}'],
  ])('%s in authorization: 401', async (authorization) => {
    const answer = await running.send('/me', { headers: { authorization } });
    expect([answer.status, answer.body.message]).toEqual([401, 'The credentials are not valid.']);
  });

  test('two tokens in two headers: 401, although the first is valid', async () => {
    const answer = await running.send('/me', {
      headers: { Authorization: ['Bearer good', 'Bearer good'] as never },
    });
    expect([answer.status, answer.body.message]).toEqual([
      401,
      'The header authorization was sent more than once.',
    ]);
  });

  const USERS: unknown[] = [
    { userId: { $ne: null } },
    { userId: ['alice'] },
    { userId: 7 },
    { userId: true },
    { userId: '*' },
    { userId: '   ' },
    { userId: '\ud800' },
    { userId: 'a'.repeat(201) },
    { userName: { $gt: '' } },
    { userName: ['root', 'alice'] },
    { options: { userName: { $regex: '.*' } } },
    { user: 'alice' },
    { user: ['alice'] },
    { user: {} },
    { user: { userGroups: ['hr'] } },
    { user: { userName: ['alice'] } },
    { user: { userName: 'alice', userGroups: 'hr' } },
    { user: { userName: 'alice', userGroups: { length: 1, 0: 'ADMIN' } } },
    { user: { userName: 'alice', userGroups: [{ toString: 'ADMIN' }] } },
    { user: { userName: 'alice', tenantId: { $exists: false } } },
    { userId: 'alice', userName: 'bob' },
    { userId: 'alice', options: { userName: 'bob' } },
    { userId: 'alice', options: { userId: 'bob' } },
    { userId: 'alice', user: { userName: 'bob' } },
  ];

  test.each(USERS.map((body) => [JSON.stringify(body), body]))(
    'a valid key with %s: 400',
    async (_text, body) => {
      const answer = await running.send('/me', { method: 'POST', headers: { 'x-api-key': good }, body });
      expect([answer.status, answer.body.code]).toEqual([400, 'bad-request']);
    },
  );

  test.each([
    '{"__proto__":{"userId":"alice"}}',
    '{"constructor":{"prototype":{"userId":"alice"}}}',
    '["alice"]',
    '[{"userId":"alice"}]',
    '{"user":{"__proto__":{"userName":"alice"},"userName":null}}',
  ])('a user must be an own field of the body: %s', async (body) => {
    const answer = await running.send('/me', { method: 'POST', headers: { 'x-api-key': good }, body });
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 200) expect(answer.body.userName).toBe('key:good');
  });

  test('a form with a repeated user name is refused', async () => {
    const body = 'userId=alice&userId=bob';
    const answer = await running.send('/me', {
      method: 'POST',
      headers: { 'x-api-key': good, 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    expect(answer.status).toBe(400);
  });

  test('keys are compared in constant time, whether known, unknown or malformed', async () => {
    const times: number[] = [];
    for (const key of [
      good,
      flipped(good, good.length - 1),
      `bg_${'0'.repeat(16)}_${'A'.repeat(43)}`,
      'x',
      API_KEY,
    ]) {
      compare.mockClear();
      await running.send('/me', { headers: { 'x-api-key': key } });
      times.push(compare.mock.calls.length);
      for (const [a, b] of compare.mock.calls as [Buffer, Buffer][])
        expect([a.length, b.length]).toEqual([32, 32]);
    }
    expect(times).toEqual([2, 2, 2, 2, 2]);
  });

  test('stored keys cannot be used, and listed keys reveal nothing stored', async () => {
    const stored = JSON.stringify(await stage.store.values('keys').entries());
    const listed = JSON.stringify(await stage.keys.list());
    for (const text of [good, expired, revoked])
      expect(stored + listed).not.toContain(text.split('_').slice(2).join('_'));
    const hash = crypto.createHash('sha256').update(good).digest('hex');
    expect(stored).toContain(hash);
    expect(listed).not.toContain(hash);
  });

  test('callers without a key cannot fill the audit trail', async () => {
    const before = (await stage.audit()).length;
    await Promise.all(
      Array.from({ length: 150 }, () => running.send('/me', { headers: { 'x-api-key': 'x' } })),
    );
    expect((await stage.audit()).length - before).toBeLessThanOrEqual(60);
  });

  test('a flood of invalid keys hides no other refusal, and its size is recorded', async () => {
    const trail: AuditEntry[] = [];
    const own = await setStage({ audit: (entry) => void trail.push(entry) });
    const app = express();
    app.use(own.guard.authenticate({ keys: own.keys, bearer: () => undefined }));
    const other = await Running.start(tellErrors(app));
    for (let at = 0; at < 70; at++) await other.send('/', { headers: { 'x-api-key': 'x' } });
    await other.send('/', { headers: { authorization: 'Bearer x' } });
    await other.stop();
    await own.close();
    const of = (name: string) => trail.filter(({ resource }) => resource.name === name);
    expect(of('bearer')).toEqual([expect.objectContaining({ reason: 'unauthenticated', userName: null })]);
    expect(of('key')).toHaveLength(61);
    expect(of('key').at(-1)).toMatchObject({ answer: 'refused', reason: 'unauthenticated', count: 10 });
    expect(of('key')[0]?.address).toMatch(/127\.0\.0\.1$/);
  });
});

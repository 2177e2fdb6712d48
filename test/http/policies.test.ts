import { Application } from './application.js';
import { MODELS } from './people.js';
import { withoutPolicies } from './policy-inputs.js';

const app = new Application();
beforeAll(() => app.start());
afterAll(() => app.stop());
afterEach(() => withoutPolicies(app));

const admin = (method: string, path: string, body: object = {}, headers: Record<string, string> = {}) =>
  app.call(method, `/api/policy${path}`, app.keys.trusted, { userId: 'admin', ...body }, headers);
const role = (name: string, body: object = {}, headers?: Record<string, string>) =>
  admin('PUT', `/security-roles/${name}`, { value: { rights: ['Todo:Process'] }, ...body }, headers);

describe('policies over HTTP', () => {
  test('a change applies to the version in If-Match, or answers 409 with the newest', async () => {
    const { headers, body } = await admin('GET', '');
    expect(headers.etag).toBe(`"${body.version}"`);
    const first = await role('clerk', {}, { 'if-match': headers.etag as string });
    expect([first.status, first.body, first.headers.etag]).toEqual([
      200,
      { version: body.version + 1 },
      `"${body.version + 1}"`,
    ]);
    const late = await role('boss', {}, { 'if-match': headers.etag as string });
    expect([late.status, late.body.code, late.body.version]).toEqual([409, 'conflict', body.version + 1]);
    expect((await role('boss', { expectedVersion: body.version })).status).toBe(409);
    expect((await role('boss', {}, { 'if-match': '*' })).status).toBe(200);
  });

  test.each(['7', 'W/"7"', '"7", "8"', '"x"', '""'])(
    'If-Match: %s is refused instead of ignored',
    async (tag) => {
      const refused = await role('clerk', {}, { 'if-match': tag });
      expect([refused.status, refused.body.code]).toEqual([400, 'bad-request']);
    },
  );

  test('a header and a body that name different versions are refused', async () => {
    const { headers, body } = await admin('GET', '/version');
    const both = { 'if-match': headers.etag as string };
    expect((await role('clerk', { expectedVersion: body.version + 1 }, both)).status).toBe(400);
    expect((await role('clerk', { expectedVersion: body.version }, both)).status).toBe(200);
  });

  test('of two concurrent administrators one succeeds, the other gets the version to read', async () => {
    const { headers } = await admin('GET', '/version');
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => role(name, {}, { 'if-match': headers.etag as string })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  test('an export can be imported; an error has line and column', async () => {
    await role('clerk');
    await admin('POST', '/security-roles/clerk/give', { holder: { group: 'desk' } });
    const { text, headers } = await admin('GET', '/export');
    expect(headers['content-type']).toBe('application/yaml; charset=utf-8');
    expect(text).toBe(
      'securityRoles:\n  clerk:\n    rights:\n      - Todo:Process\n    holders:\n      - group: desk\n',
    );
    await withoutPolicies(app);
    expect((await admin('POST', '/import', { text })).status).toBe(200);
    expect((await admin('GET', '/export')).text).toBe(text);
    const { body } = await admin('POST', '/import', { text: text.replace('Process', 'Proces') });
    expect([body.code, body.detail]).toEqual([
      'bad-policy',
      expect.stringContaining('text:4:9: The security role "clerk" names the unknown right'),
    ]);
  });

  test('an import keeps unstated entries unless it replaces, and makes no version without a difference', async () => {
    await role('clerk');
    const text = 'securityRoles: { boss: { rights: [] } }';
    const names = async () =>
      (await admin('GET', '/security-roles')).body.roles.map(({ name }: { name: string }) => name);
    const { body } = await admin('POST', '/import', { text });
    expect(await names()).toEqual(['boss', 'clerk']);
    expect((await admin('POST', '/import', { text })).body).toEqual(body);
    expect((await admin('POST', '/import', { text, replace: true })).body.version).toBe(body.version + 1);
    expect(await names()).toEqual(['boss']);
    const other = await admin('POST', '/import', { text: `tenant: acme\n${text}` });
    expect([other.status, other.body.detail]).toEqual([400, expect.stringContaining('another tenant')]);
  });

  test('a diff shows both values, and changes nothing', async () => {
    await role('clerk');
    const { body: before } = await admin('GET', '');
    const changes = [
      { kind: 'security-role', id: 'clerk', value: { rights: [] } },
      { kind: 'security-role', id: 'boss', value: { rights: [] } },
    ];
    expect((await admin('POST', '/diff', { changes })).body.differences).toEqual([
      { kind: 'security-role', id: 'clerk', before: { rights: ['Todo:Process'] }, after: { rights: [] } },
      { kind: 'security-role', id: 'boss', after: { rights: [] } },
    ]);
    expect((await admin('GET', '')).body).toEqual(before);
  });

  test('users who are not administrators only read their own rights', async () => {
    const alice = (method: string, path: string, body: object = {}) =>
      app.call(method, `/api/policy${path}`, app.keys.trusted, { userId: 'alice', ...body });
    const doors: [string, string, object?][] = [
      ['GET', ''],
      ['GET', '/version'],
      ['GET', '/history'],
      ['GET', '/export'],
      ['POST', '', { changes: [] }],
      ['POST', '/diff', { changes: [] }],
      ['POST', '/import', { text: '' }],
      ['GET', '/security-roles'],
      ['PUT', '/security-roles/a', { value: { rights: [] } }],
      ['DELETE', '/security-roles/a'],
      ['POST', '/security-roles/a/give', { holder: { user: 'alice' } }],
      ['POST', '/security-roles/a/withdraw', { holder: { user: 'alice' } }],
    ];
    for (const [method, path, body] of doors)
      expect([method, path, (await alice(method, path, body)).status]).toEqual([method, path, 403]);
    expect((await alice('GET', '/rights')).body).toEqual({ rights: [] });
  });
});

describe('sections over HTTP', () => {
  const sections = (method: string, path: string, body: object = {}, userId = 'admin') =>
    app.call(method, `/api/policy${path}`, app.keys.trusted, { userId, ...body });

  test('a model is saved into a section, whose permission decides who reads it', async () => {
    const on = { section: 'hr' };
    await sections('POST', '/sections', { id: 'hr', name: 'People' });
    const xml = MODELS.review as string;
    const save = { userId: 'admin', name: 'Hire', xml, section: 'hr' };
    expect((await app.call('POST', '/api/model/save', app.keys.trusted, save)).status).toBe(200);
    expect((await sections('GET', '/sections', {}, 'bob')).body).toEqual({ sections: [], models: [] });
    const give = { on, holder: { user: 'bob' }, permissions: ['read'] };
    expect((await sections('POST', '/section-permissions/give', give, 'bob')).status).toBe(403);
    expect((await sections('POST', '/section-permissions/give', give)).status).toBe(200);
    const tree = await sections('GET', '/sections', {}, 'bob');
    expect(tree.body).toEqual({
      sections: [{ id: 'hr', name: 'People', inherit: true, counts: { sections: 0, models: 1 } }],
      models: [{ name: 'Hire', section: 'hr' }],
    });
    expect((await sections('GET', '/effective-permissions', { on }, 'bob')).body).toEqual({
      administrator: false,
      permissions: { read: [{ section: 'hr', user: 'bob' }] },
    });
    const misspelt = { ...give, permissions: ['raed'] };
    const refused = await sections('POST', '/section-permissions/give', misspelt);
    expect([refused.status, refused.body.code]).toEqual([400, 'bad-policy']);
    await app.call('POST', '/api/definitions/delete/Hire', app.keys.trusted, { userId: 'admin' });
  });
});

import { BadInput } from 'bpmn-guard';
import { RIGHTS, requirePrivilege, requireRight, type Operation, type Right } from 'bpmn-guard';
import { EXPRESSES, Running, tellErrors, type App, type Express } from './running.js';
import { API_KEY, setStage, type Stage } from './stage.js';

function application(express: Express, { guard, keys }: Stage): App {
  const app = express();
  app.use('/open', (_req: any, _res: any, next: any) => next());
  app.get('/open', requirePrivilege('model:write'), (_req: any, res: any) => void res.json({ ok: true }));
  app.get('/open-right', requireRight('Document:Read'), (_req: any, res: any) => void res.json({ ok: true }));
  app.use(guard.authenticate({ keys, bearer: (token) => ({ userName: token }) }));
  const ok = (_req: any, res: any): void => void res.json({ ok: true });
  app.all('/models', requirePrivilege('model:write'), ok);
  app.all('/audit', requirePrivilege('system:audit'), ok);
  app.all('/documents', requireRight('Document:Read'), ok);
  const instance = async (req: any) => {
    const found = await guard.store.instances.load(req.params.id);
    return found && { instance: found };
  };
  app.all('/instances/:id', requirePrivilege('instance:read', { resource: instance }), ok);
  app.all('/instances/:id/cancel', requirePrivilege('instance:cancel', { resource: instance }), ok);
  app.all(
    '/broken',
    requirePrivilege('instance:read', { resource: () => Promise.reject(new Error('broken')) }),
    ok,
  );
  return tellErrors(app);
}

describe.each(EXPRESSES)('%s', (_name, express) => {
  let stage: Stage;
  let running: Running;
  let id: string;
  beforeAll(async () => {
    stage = await setStage();
    await stage.directory.add({ userName: 'dora', userGroups: ['DESIGNER'] });
    await stage.directory.add({ userName: 'reader', attributes: { rights: ['Document:Read'] } });
    await stage.directory.add({ userName: 'acme-admin', userGroups: ['ADMIN'], tenantId: 'acme' });
    id = (await stage.guard.api.engine.start('ask', {}, { userName: 'alice' })).id;
    running = await Running.start(application(express, stage));
  });
  afterAll(async () => {
    await running.stop();
    await stage.close();
  });
  const as = async (userName: string, path: string, method = 'GET') => {
    const { status, body } = await running.send(path, {
      method,
      headers: { authorization: `Bearer ${userName}` },
    });
    return [status, body?.code ?? 'ok'];
  };

  test('a privilege without a resource admits users who could use it somewhere', async () => {
    expect(await as('dora', '/models')).toEqual([200, 'ok']);
    expect(await as('root', '/models')).toEqual([200, 'ok']);
    expect(await as('acme-admin', '/models')).toEqual([200, 'ok']);
    expect(await as('alice', '/models')).toEqual([403, 'forbidden']);
    expect(await as('root', '/audit')).toEqual([200, 'ok']);
    expect(await as('dora', '/audit')).toEqual([403, 'forbidden']);
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'is the same for every method: %s',
    async (method) => {
      expect((await as('alice', '/models', method))[0]).toBe(403);
      expect((await as('dora', '/models', method))[0]).toBe(200);
    },
  );

  test('a privilege on a resource: allowed, refused, not found, or hidden', async () => {
    expect(await as('alice', `/instances/${id}`)).toEqual([200, 'ok']);
    expect(await as('alice', `/instances/${id}/cancel`)).toEqual([403, 'forbidden']);
    expect(await as('root', `/instances/${id}/cancel`)).toEqual([200, 'ok']);
    expect(await as('acme-user', `/instances/${id}`)).toEqual([404, 'not-found']);
    expect(await as('acme-admin', `/instances/${id}/cancel`)).toEqual([404, 'not-found']);
    expect(await as('alice', '/instances/none')).toEqual([404, 'not-found']);
    expect((await as('alice', '/broken'))[0]).toBe(500);
  });

  test('a right is held by administrators, and by users with it in their attributes', async () => {
    expect(await as('reader', '/documents')).toEqual([200, 'ok']);
    expect(await as('root', '/documents')).toEqual([200, 'ok']);
    expect(await as('god', '/documents')).toEqual([200, 'ok']);
    expect(await as('alice', '/documents')).toEqual([403, 'forbidden']);
    expect((await running.send('/documents', { headers: { 'x-api-key': API_KEY } })).status).toBe(403);
  });

  test('a revoked right is gone at the next request', async () => {
    await stage.directory.change('reader', { attributes: {} });
    expect(await as('reader', '/documents')).toEqual([403, 'forbidden']);
    await stage.directory.change('reader', { attributes: { rights: ['Document:Read'] } });
  });

  test('a request without authentication is answered with 401', async () => {
    for (const path of ['/open', '/open-right'])
      expect((await running.send(path, { headers: { 'x-api-key': API_KEY } })).body).toMatchObject({
        code: 'unauthenticated',
        message: 'No caller was authenticated: mount the middleware authenticate first.',
      });
  });

  test('refusals are recorded', async () => {
    await as('alice', '/documents');
    expect((await stage.audit())[0]).toMatchObject({
      userName: 'alice',
      operation: 'Document:Read',
      answer: 'refused',
      reason: 'forbidden',
    });
    await as('alice', '/models');
    expect((await stage.audit())[0]).toMatchObject({
      userName: 'alice',
      operation: 'model:write',
      answer: 'refused',
      reason: 'forbidden',
    });
  });
});

test.each([['model:paint'], ['toString'], ['__proto__'], [''], [undefined], [['model:write']], [{ $ne: 1 }]])(
  'requirePrivilege(%j) throws a TypeError at creation',
  (operation) => {
    expect(() => requirePrivilege(operation as Operation)).toThrow(TypeError);
    expect(() => requirePrivilege(operation as Operation)).toThrow('Unknown operation');
  },
);

test.each([['Document:Paint'], ['document:read'], ['toString'], [undefined], [['Document:Read']]])(
  'requireRight(%j) throws a TypeError at creation',
  (right) => {
    expect(() => requireRight(right as Right)).toThrow(TypeError);
    expect(() => requireRight(right as Right)).toThrow('Unknown right');
  },
);

test('a resource that is not a function is refused at creation', () => {
  expect(() => requirePrivilege('model:write', { resource: {} as never })).toThrow(
    new BadInput('bad-configuration', 'Option resource of requirePrivilege must be a function.'),
  );
});

test('every right of the catalogue can be required', () => {
  expect(
    Object.keys(RIGHTS)
      .map((right) => requireRight(right as Right))
      .every((middleware) => typeof middleware === 'function'),
  ).toBe(true);
});

test('with the rules switched off, every authenticated user passes', async () => {
  const stage = await setStage({ env: { ENFORCE_SECURITY: 'false' } });
  const [, express] = EXPRESSES[0] as (typeof EXPRESSES)[number];
  const running = await Running.start(application(express, stage));
  for (const path of ['/models', '/audit', '/documents']) {
    expect((await running.send(path, { headers: { authorization: 'Bearer alice' } })).status).toBe(200);
    expect((await running.send(path)).status).toBe(401);
  }
  await running.stop();
  await stage.close();
});

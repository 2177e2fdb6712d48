import { startSample, type Started } from './started.js';

let app: Started;
beforeAll(async () => {
  app = await startSample({ DEMO_POLICIES: 'true' });
});
afterAll(() => app?.remove());

test('the stories are configured at the first start: an order is for the staff of its store alone', async () => {
  const { policies, engine, data } = app.guard.as({ userName: 'admin', userGroups: ['ADMIN'] });
  expect((await policies.history({ before: 2 }))[0]).toMatchObject({
    version: 1,
    userName: 'policy-seeder',
    reason: 'the stories of the sample application',
  });
  expect((await (await app.login('admin')).get('/policies')).text).toContain('pizza-bake');
  for (const store of ['north', 'south']) await engine.start('Order Pizza', { pizza: 'funghi', store });
  const baker = { userName: 'baker', userGroups: ['Pizzeria Staff'], attributes: { store: 'north' } };
  const mine: readonly { id: string }[] = await app.guard
    .as(baker)
    .data.findItems({ 'items.elementId': 'task_bake' });
  const all = await data.findItems({ 'items.elementId': 'task_bake' });
  expect([mine.length, all.length]).toEqual([1, 2]);
  const [first] = mine;
  await app.guard.as(baker).tasks.take(first?.id as string);
});

test('an administrator reads the policies in force and who changed them; what is written there stays text', async () => {
  const { policies } = app.guard.as({ userName: 'admin', userGroups: ['ADMIN'] });
  const before = await policies.version();
  const says = '<script>alert(1)</script>';
  await policies.securityRoles.save(
    'desk',
    { rights: ['Todo:Process', 'Todo:Read_Own'], says },
    { reason: 'the desk opens' },
  );
  const admin = await app.login('admin');
  expect((await admin.get('/tasks')).text).toContain('href="/policies"');
  const { status, text } = await admin.get('/policies');
  expect(status).toBe(200);
  expect(text).toContain(`In force <span class="count">version ${before + 1}</span>`);
  expect(text).toContain('securityRoles:\n  desk:\n');
  expect(text).toContain('- Todo:Process');
  expect(text).not.toContain(says);
  expect(text).toContain('&lt;script&gt;');
  expect(text).toContain('the desk opens');
});

test('nobody else sees the page or a link to it', async () => {
  const user = await app.login('user1');
  expect((await user.get('/tasks')).text).not.toContain('href="/policies"');
  const { status, text } = await user.get('/policies');
  expect([status, text.includes('securityRoles')]).toEqual([403, false]);
});

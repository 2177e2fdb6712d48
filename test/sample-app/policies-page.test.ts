import { startSample, type Started } from './started.js';

let app: Started;
beforeAll(async () => {
  app = await startSample();
});
afterAll(() => app?.remove());

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
  expect(text).toContain(`In force <span class="count">${before + 1}</span>`);
  expect(text).toContain('securityRoles:\n  desk:\n');
  expect(text).toContain('- Todo:Process');
  expect(text).not.toContain(says);
  expect(text).toContain('&lt;script&gt;');
  expect(text).toContain('the desk opens');
});

test('nobody else sees the page, nor a way to it', async () => {
  const user = await app.login('user1');
  expect((await user.get('/tasks')).text).not.toContain('href="/policies"');
  const { status, text } = await user.get('/policies');
  expect([status, text.includes('securityRoles')]).toEqual([403, false]);
});

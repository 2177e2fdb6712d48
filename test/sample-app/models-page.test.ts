import { ADMIN_USER } from '../support/guards.js';
import { model, start, task } from '../support/models.js';
import { startSample, type Started } from './started.js';

let app: Started;
beforeAll(async () => {
  app = await startSample();
  const source = model([
    start({ candidateGroups: 'hr' }),
    task('approve', { candidateUsers: '${boss}, <b>' }),
  ]);
  await app.guard.api.model.save('Claim', source, null, ADMIN_USER);
});
afterAll(() => app?.remove());

test('the page of models says of each what its author should know, to designers and administrators', async () => {
  for (const name of ['admin', 'designer']) {
    const visitor = await app.login(name);
    expect((await visitor.get('/tasks')).text).toContain('href="/models"');
    const { text } = await visitor.get('/models');
    expect(text).toMatch(/<th scope="row">\s*Request Vacation\s*<\/th>/);
    const row = text.match(/<tr>[\s\S]*?<\/tr>/g)?.find((found) => found.includes('>Claim<')) ?? '';
    expect(row).toContain('<code>approve</code>');
    expect(row).toContain('nobody');
    expect(row).not.toContain('<b>');
  }
});

test('users who may read no model see none, and no link to the page', async () => {
  const visitor = await app.login('user1');
  expect((await visitor.get('/tasks')).text).not.toContain('href="/models"');
  expect((await visitor.get('/models')).text).not.toContain('<code>approve</code>');
});

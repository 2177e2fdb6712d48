import { applicationOfFile } from './application.js';
import { linkTo } from './visitor.js';

const app = applicationOfFile();

test('a pizza is ordered by anybody, baked and delivered by the staff', async () => {
  const [owner, baker, other] = [
    await app.login('user1'),
    await app.login('baker'),
    await app.login('user2'),
  ];
  const ordered = await owner.post('/start/Order%20Pizza/start_order', {
    pizza: 'funghi',
    pieces: '2',
    address: 'Main Street 1',
  });
  expect(ordered.path).toMatch(/^\/instances\//);
  const bake = linkTo(await baker.get('/tasks'), '/tasks/', 'Bake Pizza');
  expect((await other.get(bake)).status).toBe(404);

  const untaken = await baker.get(bake);
  expect(untaken.text).toContain('one of your groups is among the candidates');
  const early = await baker.post(`${bake}/complete`, {});
  expect([403, 409]).toContain(early.status);
  expect(early.text).not.toMatch(/ at .*\.js:\d/);

  const taken = await baker.post(`${bake}/take`);
  expect(taken.text).toContain('Bake Pizza is yours now.');
  // Nobody else is of the staff, so that giving it up is asked about.
  expect((await baker.post(`${bake}/release`)).text).toContain('You are the only one who may do it');
  expect((await baker.post(`${bake}/release`, { confirmed: 'yes' })).text).toContain(
    'Bake Pizza is free again.',
  );
  await baker.post(`${bake}/take`);
  const again = await baker.post(`${bake}/take`);
  expect(again.status).toBe(409);
  await baker.post(`${bake}/complete`, { oven: 'left' });
  const deliver = linkTo(await baker.get('/tasks'), '/tasks/', 'Deliver Pizza');
  await baker.post(`${deliver}/take`);
  await baker.post(`${deliver}/complete`, { paid: 'true' });
  const outcome = await owner.get(ordered.path);
  expect(outcome.text).toContain('Pizza delivered');
  expect(outcome.text).toContain('Funghi');
});

test('an expense claim is started by an employee, approved by a manager, reviewed by a reviewer', async () => {
  const [claimant, manager, reviewer] = [
    await app.login('user1'),
    await app.login('boss'),
    await app.login('reviewer'),
  ];
  const claim = await claimant.post('/start/Expense%20Claim/start_claim', {
    amount: '12.5',
    category: 'meals',
    spentOn: '2030-01-01',
    purpose: 'lunch',
  });
  expect(claim.path).toMatch(/^\/instances\//);
  expect((await reviewer.get('/tasks')).text).not.toContain('Expense Claim');
  const approve = linkTo(await manager.get('/tasks'), '/tasks/', 'Approve Claim');
  await manager.post(`${approve}/take`);
  await manager.post(`${approve}/complete`, { approved: 'true' });
  const review = linkTo(await reviewer.get('/tasks'), '/tasks/', 'Financial Review');
  await reviewer.post(`${review}/take`);
  await reviewer.post(`${review}/complete`, { paidAmount: '12.50' });
  expect((await claimant.get(claim.path)).text).toContain('Claim paid');
});

test('a refused claim ends', async () => {
  const [claimant, manager] = [await app.login('user2'), await app.login('boss')];
  const claim = await claimant.post('/start/Expense%20Claim/start_claim', {
    amount: '99',
    category: 'travel',
    spentOn: '2030-01-01',
    purpose: 'moon',
  });
  const approve = linkTo(await manager.get('/tasks'), '/tasks/', 'Approve Claim');
  await manager.post(`${approve}/take`);
  await manager.post(`${approve}/complete`, { approved: 'false', comment: 'too far' });
  const outcome = await claimant.get(claim.path);
  expect(outcome.text).toContain('Claim refused');
  expect(outcome.text).toContain('too far');
});

test('a task is handed to a colleague who exists, and to nobody else', async () => {
  const [owner, baker, admin] = [
    await app.login('user1'),
    await app.login('baker'),
    await app.login('admin'),
  ];
  await owner.post('/start/Order%20Pizza/start_order', { pizza: 'diavola', pieces: '1', address: 'x' });
  const bake = linkTo(await baker.get('/tasks'), '/tasks/', 'Bake Pizza');
  const page = await baker.get(bake);
  expect(page.text).toContain('<option value="baker">');
  const nobody = await baker.post(`${bake}/assign`, { to: 'nobody-of-that-name' });
  expect([400, 409]).toContain(nobody.status);
  const given = await baker.post(`${bake}/assign`, { to: 'user1' });
  expect(given.text).toContain('Bake Pizza is assigned to user1.');
  expect((await owner.get('/tasks')).text).toContain('Bake Pizza');
  expect((await admin.get(bake)).status).toBe(200);
});

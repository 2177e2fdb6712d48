import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const SOURCE = model([start(), task('do'), end()]);
const ann = person('ann');
const guards = new Guards('embedded');

test('an export is one file for each model, with its source, and one for its picture if it has one', async () => {
  const guard = await guards.make({ models: { M: SOURCE } });
  await guard.api.model.save('Shown', SOURCE, '<svg/>', ADMIN_USER);
  const folder = mkdtempSync(join(tmpdir(), 'guard-export-'));
  expect(await guard.api.model.export({ name: 'M' }, folder, ADMIN_USER)).toEqual(['M']);
  expect(readdirSync(folder)).toEqual(['M.bpmn']);
  expect(readFileSync(join(folder, 'M.bpmn'), 'utf8')).toBe(SOURCE);
  expect(await guard.api.model.export({ name: 'Shown' }, folder, ADMIN_USER)).toEqual(['Shown']);
  expect(readdirSync(folder).sort()).toEqual(['M.bpmn', 'Shown.bpmn', 'Shown.svg']);
  expect(readFileSync(join(folder, 'Shown.svg'), 'utf8')).toBe('<svg/>');
  rmSync(folder, { recursive: true });
});

test('a caller who may migrate nothing is refused', async () => {
  const guard = await guards.make({ models: { M: SOURCE } });
  expect(await refusal(guard.api.engine.upgrade('M', [], ann))).toMatchObject({
    code: 'forbidden',
    message: 'You may not upgrade instances.',
  });
});

test('a candidate who is named twice counts once', async () => {
  const guard = await guards.make({ models: { M: SOURCE } });
  const { id } = await guard.api.engine.start('M', {}, ann);
  const item = await waitingTask(guard, 'do', id);
  const assignment = { candidateUsers: ['ann', 'bob', 'ann'] };
  await guard.api.engine.assign({ 'items.id': item.id }, {}, assignment, ADMIN_USER);
  expect(await waitingTask(guard, 'do', id)).toMatchObject({ candidateUsers: ['ann', 'bob'] });
});

test('the status of the server is the counters of its engine', async () => {
  const guard = await guards.make({ models: { M: SOURCE } });
  const server = guard.server as unknown as Record<'status', () => object> & { engine: { status(): object } };
  expect(Object.keys(server.status())).not.toEqual([]);
  expect(server.status()).toEqual(server.engine.status());
});

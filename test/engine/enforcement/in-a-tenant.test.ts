import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecureUser, type Guard } from 'bpmn-guard';
import { changeStart, idOfStart } from '../../../src/engine/execution/held-starts.js';
import {
  ADMIN_USER,
  eventually,
  Guards,
  refusal,
  waitingTask,
  type GuardParts,
} from '../../support/guards.js';
import { end, model, start, task, timer } from '../../support/models.js';
import { told } from '../../support/told.js';

const of = (tenantId: string) => new SecureUser({ userName: 'adm', userGroups: ['ADMIN'], tenantId });
const [acme, globex] = [of('acme'), of('globex')];
const LATE = { ...start({}, '', 'late'), flow: false as const };
/** The model of each tenant has a task of its own name; those without a tenant have one too. */
const source = (element: string, ...more: (typeof LATE)[]) =>
  model([start(), task(element, { assignee: 'adm' }), end(), ...more]);
const SOURCES = { acme: source('ofAcme', LATE), globex: source('ofGlobex'), none: source('ofNobody') };
const guards = new Guards('embedded');

async function made(parts: GuardParts = {}): Promise<Guard> {
  const guard = await guards.make({ models: { M: SOURCES.none }, ...parts });
  for (const [user, text] of [
    [acme, SOURCES.acme],
    [globex, SOURCES.globex],
  ] as const)
    await guard.api.model.save('M', text, null, user);
  return guard;
}
const sources = async ({ store: { models } }: Guard, name = 'M'): Promise<unknown[]> =>
  Promise.all(['acme', 'globex', null].map(async (owner) => (await models.get(name, owner))?.source));

test('a model is renamed, exported and deleted among those of its tenant', async () => {
  const guard = await made();
  const { model: models } = guard.as(acme);
  const folder = mkdtempSync(join(tmpdir(), 'guard-tenant-'));
  expect(await models.export({}, folder)).toEqual(['M']);
  expect(readFileSync(join(folder, 'M.bpmn'), 'utf8')).toBe(SOURCES.acme);
  rmSync(folder, { recursive: true });
  expect(await models.rename('M', 'N')).toBe(true);
  expect(await sources(guard)).toEqual([undefined, SOURCES.globex, SOURCES.none]);
  expect(await sources(guard, 'N')).toEqual([SOURCES.acme, undefined, undefined]);
  // Another tenant has a model of that name, which is none of theirs.
  await guard.api.model.save('O', SOURCES.globex, null, globex);
  expect(await models.rename('N', 'O')).toBe(true);
  expect(await models.delete('O')).toBe(true);
  expect(await sources(guard, 'O')).toEqual([undefined, SOURCES.globex, undefined]);
  expect(await told({ gone: () => models.delete('M'), source: () => models.getSource('M') })).toEqual({
    gone: 'not-found: No such model, or it is not yours to see.',
    source: 'not-found: No such model, or it is not yours to see.',
  });
});

test('an instance starts, and gets processes and tasks, by the models of its tenant', async () => {
  const guard = await made();
  for (const [user, element] of [
    [acme, 'ofAcme'],
    [globex, 'ofGlobex'],
    [ADMIN_USER, 'ofNobody'],
  ] as const) {
    const { engine, model: models } = guard.as(user);
    const { id } = await engine.start('M', {});
    expect(await waitingTask(guard, element, id, user)).toMatchObject({ instanceId: id });
    const { id: added } = await engine.addProcess(id, 'M');
    expect(await waitingTask(guard, element, added, user)).toMatchObject({ instanceId: added });
    expect(await guard.store.instances.load(added)).toMatchObject({ tenantId: user.tenantId ?? null });
    expect(await engine.addTask(id, { name: 'more', assignee: 'adm' })).toMatchObject({ name: 'more' });
    expect(JSON.stringify(await models.load('M'))).toContain(element);
    expect((await models.findStartEvents({})).map(({ elementId }) => elementId)).toEqual(
      user === acme ? ['start', 'late'] : ['start'],
    );
  }
});

test('an instance without a source of its own runs by the model of its tenant', async () => {
  const guard = await made({ keep: { source: false } });
  const { engine } = guard.as(acme);
  const { id } = await engine.start('M', {});
  const begun = await engine.startEvent(id, 'late');
  expect(begun.items.map(({ elementId }) => elementId)).toContain('late');
  const { engine: others } = guard.as(ADMIN_USER);
  const { id: other } = await others.start('M', {});
  expect(await refusal(others.startEvent(other, 'late'))).toMatchObject({
    code: 'bad-request',
    message: 'elementId does not name a start event of the instance.',
  });
});

test('a held start is listed and retried by those of its tenant', async () => {
  const guard = await guards.make();
  const timed = model([start({}, timer('timeDuration', 'P1D')), task('t'), end()]);
  await guard.api.model.save('Timed', timed, null, acme);
  const place = { owner: 'acme', name: 'Timed', elementId: 'start' };
  const held = { work: 'start', by: 'x', at: new Date(0), ended: 2, held: true } as const;
  await changeStart(guard.store, place, () => ({ ...held, elementId: 'start' }));
  const id = idOfStart(place);
  expect(await guard.api.work.list({}, acme)).toMatchObject([{ id, modelName: 'Timed', tenantId: 'acme' }]);
  for (const user of [globex, ADMIN_USER]) {
    expect(await guard.api.work.list({}, user)).toEqual([]);
    expect(await refusal(guard.api.work.retry(id, user))).toMatchObject({ code: 'not-found' });
  }
  await guard.api.work.retry(id, acme);
  await eventually(async () => (await guard.api.work.list({}, acme)).length === 0);
});

test('what is refused and what is done is in the audit trail with the tenant', async () => {
  const guard = await made();
  const { engine } = guard.as(acme);
  const { id } = await engine.start('M', {});
  await refusal(engine.get({ id: 'none' }));
  await engine.suspend(id);
  const entries = await guard.store.audit.find({ userName: 'adm', limit: 3 });
  expect(entries.map(({ operation, answer, tenantId }) => [operation, answer, tenantId])).toEqual([
    ['instance:suspend', 'allowed', 'acme'],
    ['instance:read', 'refused', 'acme'],
    ['instance:start', 'allowed', 'acme'],
  ]);
});

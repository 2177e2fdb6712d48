import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const PLAIN = model([start(), task('t'), end()]);
const MAKES = ['read', 'write', 'bpmn-section-create-subsection', 'bpmn-section-create-process-def'] as const;
const [ann, bob] = [person('ann'), person('bob')];
const FULL = {
  code: 'too-large',
  status: 413,
  message: 'You have made 3 sections and models in sections; only an administrator can make more.',
};
const guards = new Guards('embedded');

/** A guard with a section in which ann and bob may make three sections and models each. */
async function begun(): Promise<Guard> {
  const guard = await guards.make({ sectionLimit: 3 });
  const { sections } = guard.as(ADMIN_USER).policies;
  await sections.create('s');
  for (const user of ['ann', 'bob']) await sections.permissions.give({ section: 's' }, { user }, MAKES);
  return guard;
}
const made = (guard: Guard, user = ann) => {
  const api = guard.as(user);
  return {
    api,
    section: (id: string) => api.policies.sections.create(id, { parent: 's' }),
    model: (name: string) => api.model.save(name, PLAIN, null, undefined, { section: 's' }),
  };
};

test('who may make sections and models cannot use up the entries of others, and is told so', async () => {
  const guard = await begun();
  const { api, section, model: save } = made(guard);
  await section('a');
  await section('b');
  await save('A');
  for (const more of [() => section('c'), () => save('B'), () => api.model.rename('A', 'B')])
    expect(await refusal(more())).toMatchObject(FULL);
  expect((await api.model.list({})).map(({ name }) => name)).toEqual(['A']);
  await made(guard, bob).section('c');
  await made(guard, ADMIN_USER).section('d');
  await made(guard, ADMIN_USER).model('D');
});

test('what is deleted makes room, except for models, whose permissions go on to apply to instances', async () => {
  const guard = await begun();
  const { api, section, model: save } = made(guard);
  await section('a');
  await save('A');
  await save('B');
  await api.model.delete('A');
  expect(await refusal(save('C'))).toMatchObject(FULL);
  await api.policies.sections.delete('a');
  await save('C');
  await api.model.save('C', PLAIN);
  expect(await refusal(section('b'))).toMatchObject(FULL);
});

test('what others change still counts for its author, and no caller can name another author', async () => {
  const guard = await begun();
  const { api, section } = made(guard);
  const forged = { parent: 's', by: 'bob' } as object;
  await api.policies.sections.create('a', forged);
  await section('b');
  await section('c');
  const asBob = guard.as(bob).policies.sections;
  await asBob.rename('a', 'A');
  await asBob.move('a', 'b');
  for (const id of ['d', 'e', 'f']) await made(guard, bob).section(id);
  expect(await refusal(section('g'))).toMatchObject(FULL);
  expect(await refusal(made(guard, bob).section('g'))).toMatchObject(FULL);
});

test('an exported set names who made what, and can be imported', async () => {
  const guard = await begun();
  const { section, model: save } = made(guard);
  await section('a');
  await save('A');
  const admin = guard.as(ADMIN_USER).policies;
  const text = await admin.export();
  expect(text.match(/by: ann/g)).toHaveLength(2);
  const { entries } = await admin.read();
  await admin.import(text, { replace: true });
  const byId = (list: typeof entries) => new Map(list.map(({ kind, id, value }) => [kind + id, value]));
  expect(byId((await admin.read()).entries)).toEqual(byId(entries));
});

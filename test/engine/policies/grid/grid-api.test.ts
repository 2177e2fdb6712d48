import type { GridApi, Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../../support/guards.js';
import { end, model, receive, start, task } from '../../../support/models.js';
import { onStores } from '../../../support/stores.js';
import { parseCondition } from 'bpmn-guard';

const MODEL = model([start(), task('bake'), receive('news', 'hello'), end()], { messages: ['hello'] });
const TEXT = `Label "Baker" held by 1
"bake": Allow group "Staff" to Perform on task "bake" of process "Pizza" as "Baker"
"follow": Allow role "Baker" to View on process "Pizza" for {"data.note":"a \\"b\\", c"}
`;

onStores('api.policies.grid', (kind) => {
  const guards = new Guards(kind);
  const stage = async (): Promise<{ guard: Guard; grid: GridApi }> => {
    const guard = await guards.make({ models: { Pizza: MODEL } });
    return { guard, grid: guard.as(ADMIN_USER).policies.grid };
  };

  test('what it exports, it imports, in each form, as one version; what is the same makes none', async () => {
    const { guard, grid } = await stage();
    expect(await grid.import('text', TEXT)).toEqual({ version: 1, saved: 3, removed: 0 });
    expect(await grid.export('text')).toBe(TEXT);
    expect(await grid.labels()).toEqual([{ name: 'Baker', multiple: 1 }]);
    const before = await grid.list();
    for (const form of ['json', 'text', 'csv'] as const) {
      const written = await grid.export(form);
      const { version } = await grid.import('text', '', { replace: true });
      expect(await grid.list()).toEqual([]);
      expect(await grid.import(form, written)).toEqual({ version: version + 1, saved: 3, removed: 0 });
      expect(await grid.list()).toEqual(before);
      expect(await grid.import(form, written, { replace: true })).toEqual({
        version: version + 1,
        saved: 0,
        removed: 0,
      });
    }
    const [last] = await guard.as(ADMIN_USER).policies.history({ limit: 1 });
    expect(last).toMatchObject({ version: 7, userName: 'admin', source: 'api' });
    const trail = await guard.store.audit.find({ limit: 1, answer: 'allowed' });
    expect(trail).toMatchObject([{ operation: 'system:policy', resource: { name: 'policies', id: '7' } }]);
  });

  test('rules and labels are saved and removed one by one; a rule may be a sentence', async () => {
    const { grid } = await stage();
    await grid.saveLabel('Baker', { multiple: 2, says: 'bakes' });
    await grid.save('bake', 'Allow all to Perform on task bake of process Pizza as Baker');
    expect(await grid.list()).toEqual([
      {
        id: 'bake',
        effect: 'Allow',
        users: 'all',
        privilege: 'Perform',
        on: { process: 'Pizza', task: 'bake' },
        as: 'Baker',
        sentence: 'Allow all to Perform on task "bake" of process "Pizza" as "Baker"',
      },
    ]);
    expect(await refusal(grid.removeLabel('Baker'))).toMatchObject({
      code: 'bad-policy',
      message: expect.stringContaining('"bake" names the label "Baker", which does not exist') as unknown,
    });
    await grid.remove('bake');
    await grid.removeLabel('Baker');
    expect(await refusal(grid.remove('bake'))).toMatchObject({ code: 'not-found' });
    expect(await refusal(grid.removeLabel('Baker'))).toMatchObject({ code: 'not-found' });
  });

  test('unknown models, tasks, events and labels are refused with the nearest name, until they are allowed', async () => {
    const { grid } = await stage();
    const on = (object: string): string => `Allow all to Perform on ${object}`;
    const cases: [sentence: string, hint: string][] = [
      [on('process Piza'), 'There is no model "Piza". Did you mean Pizza?'],
      [on('task bakr of process Pizza'), 'The model "Pizza" has no "bakr". Did you mean bake?'],
      [on('task news of process Pizza'), 'has "news" as a bpmn:ReceiveTask. Known are bake.'],
      [on('event bake of process Pizza'), 'has "bake" as a bpmn:UserTask. Known are start, news.'],
    ];
    for (const [sentence, hint] of cases) {
      expect(await refusal(grid.save('r', sentence))).toMatchObject({
        code: 'bad-policy',
        message: expect.stringContaining(hint) as unknown,
      });
      await grid.save('r', sentence, { allowUnknownModels: true });
    }
    expect(await refusal(grid.save('r', `${on('task bake of process Pizza')} as Bakr`))).toMatchObject({
      message: expect.stringContaining('names the label "Bakr", which does not exist') as unknown,
    });
  });

  test('a rule about a start event cannot refer to a case, and the error says so', async () => {
    const { grid } = await stage();
    await grid.saveLabel('Baker', {});
    const start = 'to Perform on event start of process Pizza';
    for (const rule of [
      `Allow role Baker ${start}`,
      `Allow all ${start} for {"instance.status":"running"}`,
      `Restrict all ${start} for {"data.a":"$data.b"}`,
    ])
      expect(await refusal(grid.save('r', rule))).toMatchObject({
        code: 'bad-policy',
        message: expect.stringContaining('is about a start event') as unknown,
      });
    await grid.save('r', `Allow all ${start} for {"data.a":{"$in":"$user.topics"}}`);
    await grid.save('m', 'Allow role Baker to Perform on event news of process Pizza');
  });

  test('a mistake refuses the whole text with its line; nothing is changed', async () => {
    const { guard, grid } = await stage();
    const csv =
      'id,effect,users,privilege,on\r\na,Allow,all,View,system\r\nb,Allow,"all\r\n",Veiw,system\r\n';
    for (const [form, text, message] of [
      ['text', `${TEXT}x: Allow all to Veiw on system`, /^Line 4: .*did you mean View/],
      ['csv', csv, /^Line 3: Unknown privilege "Veiw". Did you mean View/],
      ['csv', 'id,effect\r\n"a,Allow\r\n', /^Line 2: /],
      ['json', '{"rules":', /not valid JSON/],
      ['json', '{"rule":{}}', /Did you mean rules/],
    ] as const)
      expect(await refusal(grid.import(form, text))).toMatchObject({
        code: 'bad-policy',
        message: expect.stringMatching(message) as unknown,
      });
    expect(await refusal(grid.export('xml' as never))).toMatchObject({ code: 'bad-request' });
    expect(await guard.as(ADMIN_USER).policies.version()).toBe(0);
  });

  test('only administrators change it; who has system:policy reads it', async () => {
    const keeper = {
      name: 'keepers',
      answer: (_user: unknown, operation: string) =>
        operation === 'system:policy'
          ? {
              permissive: [{ id: 'keeper', says: 'keeps', when: parseCondition({ 'user.userName': 'kim' }) }],
            }
          : {},
    };
    const guard = await guards.make({ models: { Pizza: MODEL }, policies: [keeper] });
    await guard.as(ADMIN_USER).policies.grid.import('text', TEXT);
    const { grid } = guard.as(person('kim')).policies;
    expect(await grid.list()).toHaveLength(2);
    for (const change of [
      () => grid.save('x', 'Allow user kim to View on system'),
      () => grid.remove('bake'),
      () => grid.import('text', '', { replace: true }),
      () => grid.saveLabel('L', {}),
      () => guard.as(person('kim')).policies.apply([{ kind: 'grid-rule', id: 'bake', value: null }]),
    ])
      expect(await refusal(change())).toMatchObject({ code: 'forbidden', status: 403 });
    expect(
      await refusal(guards.make().then((other) => other.as(person('kim')).policies.grid.list())),
    ).toMatchObject({
      code: 'forbidden',
    });
  });

  test('of two changes at once one wins, and a change takes effect at the next call', async () => {
    const { guard, grid } = await stage();
    const { id } = await guard.api.engine.start('Pizza', {}, ADMIN_USER);
    const kim = guard.as(person('kim'));
    expect(await kim.tasks.count()).toBe(1);
    const both = await Promise.allSettled(
      ['a', 'b'].map((name) =>
        grid.save(name, 'Allow user olga to Perform on task bake of process Pizza', { expectedVersion: 0 }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await kim.tasks.count()).toBe(0);
    expect(await kim.data.findInstances({ id })).toEqual([]);
    expect(await guard.as(person('olga')).tasks.count()).toBe(1);
  });
});

import { checkModel } from 'bpmn-guard';
import { readDefinition } from '../../../../src/engine/model/source/read-definition.js';
import { readingServer } from '../../../../src/engine/model/source/reading-server.js';
import { ADMIN_USER, Guards, person, refusal, waitingTask } from '../../../support/guards.js';
import { document, extensions, userTask } from '../../../support/dialects.js';

const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';
const OWN = { größe: 'http://example.com/größe', camunda: CAMUNDA };
const OPEN = { state: 'open' };
const CLOSED = { state: 'closed' };
const guards = new Guards('embedded');

async function taskOf(source: string, id = 't'): Promise<unknown> {
  const guard = await guards.make();
  await guard.api.model.save('M', source, null, ADMIN_USER);
  const started = await guard.api.engine.start('M', {}, person('starter'));
  return waitingTask(guard, id, started.id);
}

describe('a name with letters outside ASCII', () => {
  test.each([
    ['an attribute without a prefix', userTask('zuständig="hugo"'), 'zuständig="hugo"'],
    ['an attribute in a namespace', userTask('größe:zuständig="x"'), 'größe:zuständig="x"'],
    ['an attribute in another script', userTask('исполнитель="hugo"'), 'исполнитель="hugo"'],
    ['one of a single letter', userTask('担="hugo"'), '担="hugo"'],
    ['an element', userTask('', extensions('<größe:zuständig>hugo</größe:zuständig>')), '<größe:zuständig>'],
    [
      'an attribute of an element',
      userTask('', extensions('<größe:x bearbeitetFür="1" zuständig="hugo" />')),
      '<größe:x zuständig="hugo">',
    ],
  ])('closes the task if it refers to people, and the author is told: %s', async (_what, task, found) => {
    const source = document(OWN, task);
    expect(await checkModel(source)).toMatchObject([{ element: 't', found }]);
    expect(await taskOf(source)).toMatchObject(CLOSED);
  });

  test.each([
    ['an attribute', userTask('größe:höhe="3"'), 'größe:höhe="3"'],
    ['an element', userTask('', extensions('<größe:höhe>3</größe:höhe>')), '<größe:höhe>'],
  ])('leaves the task open otherwise, as in ASCII: %s', async (_what, task, found) => {
    const source = document(OWN, task);
    expect(await checkModel(source)).toMatchObject([{ element: 't', found }]);
    expect(await taskOf(source)).toMatchObject(OPEN);
  });

  test('does not matter beside somebody whom the model names', async () => {
    const source = document(OWN, userTask('größe:höhe="3" camunda:assignee="ann"'));
    expect(await checkModel(source)).toEqual([]);
    expect(await taskOf(source)).toMatchObject({ assignee: 'ann' });
  });

  test('may be the prefix of a known namespace', async () => {
    const source = document({ möwe: CAMUNDA }, userTask('möwe:assignee="ann"'));
    expect(await checkModel(source)).toEqual([]);
    expect(await taskOf(source)).toMatchObject({ assignee: 'ann' });
  });

  test('may be the prefix of BPMN itself', async () => {
    const source = document({ camunda: CAMUNDA }, userTask('camunda:assignee="ann"'))
      .replaceAll('bpmn:', 'büro:')
      .replace('xmlns:büro:', 'xmlns:büro=')
      .replace('xmlns:bpmn=', 'xmlns:büro=');
    expect(await taskOf(source)).toMatchObject({ assignee: 'ann' });
  });

  test('is told apart from one that differs in such a letter only', async () => {
    const task = userTask('größe:höhe="1" größe:höhö="2" größe:h_he="3"');
    const { definition } = await readDefinition('M', document(OWN, task), readingServer());
    expect(definition.nodes.get('t')?.def.$attrs).toMatchObject({
      'größe:höhe': '1',
      'größe:höhö': '2',
      'größe:h_he': '3',
    });
  });

  test('in a text is not touched', async () => {
    const task = userTask('', '<bpmn:documentation>&lt;größe größe="1"/> zuständig="x"</bpmn:documentation>');
    const source = document(OWN, task.replace('name="t"', 'name="größe:höhe=\'1\'"'));
    const { definition } = await readDefinition('M', source, readingServer());
    expect(definition.nodes.get('t')).toMatchObject({ name: "größe:höhe='1'" });
    expect(definition.source).toBe(source);
  });
});

describe('an attribute that names people, without a prefix', () => {
  test.each(['assignee', 'candidateUsers', 'candidateGroups'])(
    'closes a task, and the author is told: %s',
    async (name) => {
      const source = document({ camunda: CAMUNDA }, userTask(`${name}="ann"`));
      expect(await checkModel(source)).toMatchObject([{ element: 't', found: `${name}="ann"` }]);
      expect(await taskOf(source)).toMatchObject(CLOSED);
    },
  );

  test.each([
    ['p', { process: ' candidateStarterGroups="hr"' }],
    ['p', { process: ' candidateStarterUsers="ann"' }],
    ['start', { startAttributes: ' candidateUsers="ann"' }],
    ['start', { startAttributes: ' candidateGroups="hr"' }],
    ['start', { startAttributes: ' assignee="ann"' }],
  ])('closes a start, and the author is told: of %s, %o', async (element, rest) => {
    const source = document({ camunda: CAMUNDA }, userTask('camunda:assignee="boss"'), rest);
    const [found = ''] = Object.values(rest);
    expect(await checkModel(source)).toMatchObject([
      { element, found: found.trim(), means: expect.stringContaining('admits nobody') as string },
    ]);
    const guard = await guards.make();
    await guard.api.model.save('M', source, null, ADMIN_USER);
    for (const user of [person('ann', 'hr'), person('zoe')])
      expect(await refusal(guard.api.engine.start('M', {}, user))).toMatchObject({ code: 'not-found' });
  });

  test('is not read beside one with a prefix', async () => {
    const rest = { process: ' candidateStarterUsers="zoe" camunda:candidateStarterUsers="ann"' };
    const guard = await guards.make();
    const source = document({ camunda: CAMUNDA }, userTask('camunda:assignee="boss"'), rest);
    await guard.api.model.save('M', source, null, ADMIN_USER);
    expect(await refusal(guard.api.engine.start('M', {}, person('zoe')))).toMatchObject({
      code: 'not-found',
    });
    expect((await guard.api.engine.start('M', {}, person('ann'))).status).toBe('running');
  });
});

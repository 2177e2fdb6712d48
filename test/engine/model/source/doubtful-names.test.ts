import { checkModel } from 'bpmn-guard';
import { document, userTask } from '../../../support/dialects.js';
import { end, lanes, model, start, task } from '../../../support/models.js';

const camunda = 'http://camunda.org/schema/1.0/bpmn';
const AS_NAME = expect.stringMatching(/taken as a name/);
const LIST = 'camunda:candidateGroups="hr, getGroups()"';

test('Names that look like code, among the candidates of a task, give a warning', async () => {
  expect(await checkModel(document({ camunda }, userTask(LIST)))).toEqual([
    { element: 't', found: '"getGroups()"', means: AS_NAME },
  ]);
});

test('Names that look like code, among the starters of a process, give a warning', async () => {
  const source = document({ camunda }, userTask(), { startAttributes: ` ${LIST}` });
  expect(await checkModel(source)).toEqual([{ element: 'start', found: '"getGroups()"', means: AS_NAME }]);
});

test('A resource named like an expression gives a warning', async () => {
  const owner = '<bpmn:potentialOwner><bpmn:resourceRef>r</bpmn:resourceRef></bpmn:potentialOwner>';
  const source = document({}, userTask('', owner), { before: '<bpmn:resource id="r" name="${boss}" />' });
  expect(await checkModel(source)).toEqual([{ element: 't', found: '"${boss}"', means: AS_NAME }]);
});

test('A lane named like an expression gives a warning', async () => {
  const source = model([start(), task('t'), end()], {
    inner: lanes({ '$(this.data.boss)': ['start', 't'] }),
  });
  expect(await checkModel(source)).toEqual([
    { element: 't', found: '"$(this.data.boss)"', means: AS_NAME },
    { element: 'start', found: '"$(this.data.boss)"', means: AS_NAME },
  ]);
});

test('The author is not told of names with a comma or a bracket', async () => {
  const source = model([start(), task('t'), end()], {
    inner: lanes({ 'Clerks, senior (EU)': ['start', 't'] }),
  });
  expect(await checkModel(source)).toEqual([]);
});

describe('A name that is hardly anybody’s', () => {
  const ONE = expect.stringMatching(/only a comma separates names/);
  const USERS = ['ann;hugo', 'ann hugo', ':boss', '@boss', 'ann|hugo', 'ann;', 'an\u200bn'];
  const shown = (name: string): string => JSON.stringify(name).replace('\u200b', '\\u200b');

  test.each(
    ['assignee', 'candidateUsers'].flatMap((attribute) => USERS.map((name) => [attribute, name] as const)),
  )('gives a warning as the %s of a task, and stays one name: %s', async (attribute, name) => {
    const source = document({ camunda }, userTask(`camunda:${attribute}="${name}"`));
    expect(await checkModel(source)).toEqual([{ element: 't', found: shown(name), means: ONE }]);
  });

  test.each(USERS)('gives a warning among the starters of a process and of its start: %s', async (name) => {
    const process = ` camunda:candidateStarterUsers="${name}"`;
    for (const rest of [{ process }, { startAttributes: ` camunda:candidateUsers="${name}"` }])
      expect(await checkModel(document({ camunda }, userTask(), rest))).toEqual([
        { element: 'start', found: shown(name), means: ONE },
      ]);
  });

  test.each(USERS)('gives a warning among groups unless it has only a blank: %s', async (name) => {
    const source = document({ camunda }, userTask(`camunda:candidateGroups="hr,${name}"`));
    const warnings = name === 'ann hugo' ? [] : [{ element: 't', found: shown(name), means: ONE }];
    expect(await checkModel(source)).toEqual(warnings);
  });

  test.each(['_service', "o'neill", 'ann@example.com', 'urn:x:ann', 'a.b-c', 'müller', 'C++'])(
    'is not one such as %s',
    async (name) => {
      const source = document({ camunda }, userTask(`camunda:candidateUsers="${name}"`));
      expect(await checkModel(source)).toEqual([]);
    },
  );

  test('is a lane with a character that nobody sees', async () => {
    const source = model([start(), task('t'), end()], { inner: lanes({ 'Cler\u200bks': ['start', 't'] }) });
    expect(await checkModel(source)).toMatchObject([{ found: '"Cler\\u200bks"' }, { element: 'start' }]);
  });
});

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

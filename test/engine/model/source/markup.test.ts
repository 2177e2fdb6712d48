import { checkModel } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, waitingTask } from '../../../support/guards.js';
import { processorTime } from '../../../support/processor-time.js';

const PREFIXES = ['camunda', 'q']
  .map((prefix) => `xmlns:${prefix}="http://camunda.org/schema/1.0/bpmn"`)
  .concat('xmlns:acme="http://acme.example"', 'xmlns:fl="http://flowable.org/bpmn"')
  .join(' ');

/** A process with one task, and what stands around it. */
const model = (task: string, { root = '', lanes = '', process = '' } = {}): string =>
  `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" ${PREFIXES}>${root}
  <process id="p" isExecutable="true" ${process}>${lanes}
  <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>${task}</process></definitions>`;
const task = (attributes: string, inner = ''): string => `<userTask id="t" ${attributes}>${inner}</userTask>`;
const lane = (attributes: string, inner = '', nodes = 'st'): string =>
  `<lane ${attributes}>${[...nodes].map((id) => `<flowNodeRef>${id}</flowNodeRef>`).join('')}${inner}</lane>`;
const lanes = (...list: string[]): { lanes: string } => ({
  lanes: `<laneSet id="ls">${list.join('')}</laneSet>`,
});
const extensions = (inner: string): string => `<extensionElements>${inner}</extensionElements>`;
const ANN = '<acme:who user="ann"/>';
const wrapped = `<!-- <a b="> --><subProcess id="t" q:candidateGroups="hr"><startEvent id="i"/>
  <sequenceFlow id="g" sourceRef="i" targetRef="u"/><userTask id="u"/></subProcess>`;

/** Models that meant somebody; the parser drops it in silence, or no engine reads it where it stands. */
const MEANT: Readonly<Record<string, string>> = {
  'an attribute of a dropped element': model(task('', ANN)),
  'a name inside a dropped element': model(task('', '<acme:x><acme:user>ann</acme:user></acme:x>')),
  'an unknown element of BPMN among the extensions': model(task('', extensions('<who user="ann"/>'))),
  'extensions that other ones follow': model(task('', extensions(ANN) + extensions(''))),
  'an attribute that another prefix gives again': model(task('camunda:assignee="ann" q:assignee=""')),
  'a very long name': model(task(`acme:assignee_${'x'.repeat(80)}="ann"`)),
  'a name in small letters': model(task('acme:assignedto="ann"')),
  'another name in small letters': model(task('acme:userid="ann"')),
  'a name that nobody can have': model(task('camunda:candidateGroups="*"')),
  'an attribute of a lane': model(task(''), lanes(lane('id="l" camunda:candidateGroups="hr"'))),
  'an attribute of the sub-process': model(wrapped),
  'an attribute of the process': model(task(''), { process: 'camunda:assignee="ann"' }),
  'two assignees': model(task('camunda:assignee="ann" fl:assignee="ben"')),
  'an inner lane set that another one follows': model(
    task(''),
    lanes(
      lane(
        'id="l" name="Company"',
        `<childLaneSet id="c">${lane('id="m" name="Managers"', '', 't')}</childLaneSet><childLaneSet id="d"/>`,
      ),
    ),
  ),
};

describe('what a model said of people and its parser or its place loses', () => {
  const guards = new Guards('embedded');

  test.each(Object.entries(MEANT))('closes the task, and saving says so: %s', async (_what, source) => {
    const guard = await guards.make();
    const { warnings } = await guard.as(ADMIN_USER).model.save('M', source);
    expect(warnings).not.toEqual([]);
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    expect(
      await waitingTask(guard, source === MEANT['an attribute of the sub-process'] ? 'u' : 't', id),
    ).toMatchObject({
      state: 'closed',
    });
    expect(await guard.api.data.getPendingUserTasks({}, person('zoe', 'Company'))).toEqual([]);
  });

  test('leaves alone who is named beside it, but for the lane that may have been lost', async () => {
    const guard = await guards.make({ models: { M: model(task('camunda:candidateUsers="ben"', ANN)) } });
    await guard.api.engine.start('M', {}, ADMIN_USER);
    expect((await guard.api.data.getPendingUserTasks({}, person('ben'))).length).toBe(1);
  });
});

describe('what stands twice and names nobody', () => {
  test.each([
    ['extensions', model(task('', extensions('<acme:colour value="red"/>') + extensions('')))],
    ['elements of other tools', model(task('', '<acme:colour value="red"/>'))],
    ['text that looks like markup', model(task('', `<documentation><![CDATA[${ANN}]]></documentation>`))],
  ])('opens as before, without a warning: %s', async (_what, source) => {
    expect(await checkModel(source)).toEqual([]);
  });
});

describe('the role of a lane', () => {
  const guards = new Guards('embedded');
  const pool = '<participant id="pp" name="Company" processRef="p"/>';

  test.each([
    [
      'of several lanes that refer to a task, one with a name counts, never the pool around them',
      model(task(''), {
        root: `<collaboration id="c">${pool}</collaboration>`,
        ...lanes(lane('id="l"', '', 't'), lane('id="m" name="hr"')),
      }),
      'hr',
    ],
    [
      'without a name, a lane is what it stands for',
      model(task(''), {
        root: '<resource id="r" name="hr"/>',
        ...lanes(lane('id="l" partitionElementRef="r"')),
      }),
      'hr',
    ],
    [
      'a pool of a choreography is one too',
      model(task(''), { root: `<choreography id="c">${pool}</choreography>` }),
      'Company',
    ],
  ])('%s', async (_what, source, group) => {
    const guard = await guards.make({ models: { M: source } });
    const { id } = await guard.api.engine.start('M', {}, person('ann', group));
    expect(await waitingTask(guard, 't', id)).toMatchObject({ candidateGroups: [group] });
  });
});

describe('a hostile source', () => {
  test.each([
    ['one long name without a value', model(task(`${'a'.repeat(300_000)}`))],
    ['many extensions in one element', model(task('', extensions('').repeat(20_000)))],
  ])('is read in a time that grows with its length: %s', async (_what, source) => {
    const begin = processorTime();
    await checkModel(source).catch(() => undefined);
    // Read again from each character or line it takes minutes.
    expect(processorTime() - begin).toBeLessThan(60_000);
  });
});

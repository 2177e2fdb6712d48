import { checkModel } from 'bpmn-guard';
import { document, extensions, userTask } from '../../../support/dialects.js';

const NAMESPACES = {
  camunda: 'http://camunda.org/schema/1.0/bpmn',
  flowable: 'http://flowable.org/bpmn',
  operaton: 'http://operaton.org/schema/1.0/bpmn',
  zeebe: 'http://camunda.org/schema/zeebe/1.0',
  x: 'http://example.com/x',
};
const of = (inner: string, attributes = ''): string =>
  document(NAMESPACES, userTask(attributes, extensions(inner)));
const script = (event: string): string =>
  `<camunda:taskListener event="${event}"><camunda:script>item.assignee = 'ann'</camunda:script></camunda:taskListener>`;
const zeebe = (eventType: string): string =>
  `<zeebe:taskListeners><zeebe:taskListener eventType="${eventType}" type="job" /></zeebe:taskListeners>`;

test.each([
  '<camunda:taskListener event="create" class="a.B" />',
  '<camunda:taskListener event="create" delegateExpression="${b}" />',
  '<camunda:taskListener event="assignment" expression="${task.setAssignee(x)}" />',
  '<camunda:taskListener class="a.B" />',
  '<camunda:taskListener event="start" class="a.B" />',
  '<camunda:taskListener event="start"><camunda:script resource="a.js" /></camunda:taskListener>',
  script('create'),
  script('Start'),
  '<flowable:taskListener event="all" class="a.B" />',
  '<operaton:taskListener event="create" class="a.B" />',
  '<operaton:taskListener event="start"><operaton:script>item.assignee = 1</operaton:script></operaton:taskListener>',
  '<x:taskListener event="create" run="a" />',
  zeebe('creating'),
  zeebe('assigning'),
])('a listener that may assign a task and that nobody runs closes it: %s', async (listener) => {
  const [warning, ...more] = await checkModel(of(listener));
  expect(more).toEqual([]);
  expect(warning).toMatchObject({
    element: 't',
    found: expect.stringContaining('askListener') as string,
    means: expect.stringMatching(/bpmn-server does not run it.*nobody.*assignee.*the event start/) as string,
  });
});

test.each([
  ...['transformInput', 'enter', 'start', 'wait', 'assign', 'validate', 'end'].map(script),
  ...['complete', 'delete', 'timeout', 'update'].map(
    (event) => `<camunda:taskListener event="${event}" class="a.B" />`,
  ),
  ...['updating', 'completing', 'canceling'].map(zeebe),
  script('start') + script('wait'),
  script('end') + script('end'),
  '<camunda:taskListener event="create" />',
  '<camunda:executionListener event="start" class="a.B" />',
])('a listener that is run, comes later, or cannot assign closes nothing: %s', async (listener) => {
  const warnings = await checkModel(of(listener));
  // That it is not run at all is told as well.
  expect(warnings.filter(({ means }) => !means.includes('does not run this listener'))).toEqual([]);
});

test('the first of two scripts of one event is not run: it closes the task, and the author gets a warning', async () => {
  const last =
    '<camunda:executionListener event="start"><camunda:script>1</camunda:script></camunda:executionListener>';
  expect(await checkModel(of(script('start') + last))).toMatchObject([
    {
      found: '<camunda:taskListener event="start">',
      means: expect.stringMatching(/runs the last listener.*nobody.*one listener/) as string,
    },
  ]);
});

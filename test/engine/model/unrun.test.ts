import { checkModel } from 'bpmn-guard';
import { ADMIN_USER, Guards } from '../../support/guards.js';
import { document, extensions, userTask } from '../../support/dialects.js';

const NAMESPACES = { camunda: 'http://camunda.org/schema/1.0/bpmn', flowable: 'http://flowable.org/bpmn' };
const TASK = userTask('camunda:assignee="ann"');
const guards = new Guards('embedded');
const checked = (rest: string): ReturnType<typeof checkModel> =>
  checkModel(document(NAMESPACES, TASK, { inner: rest }));
const NEVER_RUN = expect.stringContaining('does not run this listener') as string;

describe('A listener that bpmn-server never runs gives a warning', () => {
  const LISTENERS = [
    '<camunda:executionListener event="start" class="a.B" />',
    '<camunda:executionListener event="end" delegateExpression="${b}" />',
    '<camunda:executionListener event="start" expression="${b.c()}" />',
    '<flowable:executionListener event="start" class="a.B" />',
  ];
  test.each([...LISTENERS, '<camunda:taskListener event="complete" class="a.B" />'])(
    'of a task: %s',
    async (listener) => {
      const task = userTask('camunda:assignee="ann"', extensions(listener));
      expect(await checkModel(document(NAMESPACES, task))).toEqual([
        { element: 't', found: listener.replace(' />', '>'), means: NEVER_RUN },
      ]);
    },
  );

  test('of a task, at an event of another engine, though it has a script', async () => {
    const script = '<camunda:script scriptFormat="javascript">1</camunda:script>';
    const listener = `<camunda:taskListener event="complete">${script}</camunda:taskListener>`;
    const source = document(NAMESPACES, userTask('camunda:assignee="ann"', extensions(listener)));
    expect(await checkModel(source)).toMatchObject([{ element: 't', means: NEVER_RUN }]);
    expect(await checkModel(source.replace('"complete"', '"end"'))).toEqual([]);
  });

  test.each(LISTENERS)('of a process, once: %s', async (listener) => {
    expect(await checked(extensions(listener))).toMatchObject([{ element: 'p', means: NEVER_RUN }]);
  });

  test.each(LISTENERS)('of a gateway: %s', async (listener) => {
    const gateway = `<bpmn:exclusiveGateway id="g">${extensions(listener)}</bpmn:exclusiveGateway>`;
    expect(await checked(gateway)).toMatchObject([{ element: 'g', means: NEVER_RUN }]);
  });

  test('and once only where it may have assigned the task', async () => {
    const listener = '<camunda:taskListener event="create" class="a.B" />';
    const task = userTask('', extensions(listener));
    expect(await checkModel(document(NAMESPACES, task))).toMatchObject([
      { element: 't', means: expect.stringContaining('belongs to nobody') as string },
    ]);
  });
});

describe('A link event that throws', () => {
  const thrown = (name: string): string =>
    `<bpmn:intermediateThrowEvent id="l"><bpmn:linkEventDefinition name="${name}" /></bpmn:intermediateThrowEvent>`;
  const caught =
    '<bpmn:intermediateCatchEvent id="c"><bpmn:linkEventDefinition name="A" /></bpmn:intermediateCatchEvent>';

  test('gives a warning without a catch event', async () => {
    const means = expect.stringContaining('No catch event has this name') as string;
    expect(await checked(thrown('B') + caught)).toEqual([{ element: 'l', found: 'a link event "B"', means }]);
  });

  test('gives one with it, since bpmn-server does not follow it', async () => {
    const means = expect.stringMatching(/^bpmn-server does not follow links/) as string;
    const flows =
      '<bpmn:sequenceFlow id="f1" sourceRef="t" targetRef="l" /><bpmn:userTask id="after" camunda:assignee="ann" />' +
      '<bpmn:sequenceFlow id="f2" sourceRef="c" targetRef="after" />';
    const source = document(NAMESPACES, TASK, { inner: thrown('A') + caught + flows });
    expect(await checkModel(source)).toEqual([{ element: 'l', found: 'a link event "A"', means }]);
    const guard = await guards.make({ models: { M: source } });
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    await guard.api.engine.invoke({ id, 'items.elementId': 't' }, {}, ADMIN_USER);
    expect(await guard.api.data.findItems({ id, 'items.elementId': 'after' }, ADMIN_USER)).toEqual([]);
  });
});

describe('A compensation event that throws', () => {
  const thrown = (of: string): string =>
    `<bpmn:intermediateThrowEvent id="x"><bpmn:compensateEventDefinition id="d1"${of} /></bpmn:intermediateThrowEvent>`;
  const transaction = (inner: string): string =>
    `<bpmn:transaction id="tx"><bpmn:startEvent id="s" /><bpmn:task id="u" />${inner}</bpmn:transaction>`;
  const handler =
    '<bpmn:boundaryEvent id="b" attachedToRef="u"><bpmn:compensateEventDefinition id="d2" /></bpmn:boundaryEvent>';

  test.each([
    ['for nothing', thrown(''), 'a compensation event', 'compensates only the transaction'],
    [
      'for a task',
      thrown(' activityRef="t"'),
      'a compensation event for t',
      'compensates only the transaction',
    ],
    [
      'without a handler',
      thrown(' activityRef="tx"') + transaction(''),
      'a compensation event for tx',
      'Nothing in this transaction',
    ],
  ])('gives a warning: %s', async (_what, inner, found, means) => {
    expect(await checked(inner)).toEqual([
      { element: 'x', found, means: expect.stringContaining(means) as string },
    ]);
  });

  test('gives none with a handler', async () => {
    expect(await checked(thrown(' activityRef="tx"') + transaction(handler))).toEqual([]);
  });
});

import { checkModel } from 'bpmn-guard';
import { Guards, person, refusal, ADMIN_USER } from '../../support/guards.js';
import { document } from '../../support/dialects.js';
import { onStores } from '../../support/stores.js';

const NAMESPACES = {
  camunda: 'http://camunda.org/schema/1.0/bpmn',
  zeebe: 'http://camunda.org/schema/zeebe/1.0',
  flowable: 'http://flowable.org/bpmn',
};
const script = (format: string, text: string): string =>
  `<bpmn:scriptTask id="t" scriptFormat="${format}"><bpmn:script>${text}</bpmn:script></bpmn:scriptTask>`;
const service = (attributes: string, inner = ''): string =>
  `<bpmn:serviceTask id="t" ${attributes}>${inner}</bpmn:serviceTask>`;
const condition = (text: string): string =>
  '<bpmn:exclusiveGateway id="t" /><bpmn:userTask id="u" /><bpmn:sequenceFlow id="way" sourceRef="t" targetRef="u">' +
  `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${text}</bpmn:conditionExpression></bpmn:sequenceFlow>`;
const loop = (attributes: string, inner = ''): string =>
  '<bpmn:userTask id="t" camunda:assignee="ann">' +
  `<bpmn:multiInstanceLoopCharacteristics ${attributes}>${inner}</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>`;
const timer = (text: string): string =>
  '<bpmn:intermediateCatchEvent id="t"><bpmn:timerEventDefinition>' +
  `<bpmn:timeDuration>${text}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
const JOB = '<bpmn:extensionElements><zeebe:taskDefinition type="pay" /></bpmn:extensionElements>';

test.each([
  ['way', 'condition ${approved == true}', condition('${approved == true}')],
  ['way', 'condition ${approved}', condition('${approved}')],
  ['way', 'condition = approved = true', condition('= approved = true')],
  ['t', 'scriptFormat groovy', script('groovy', 'def x = 1')],
  ['t', 'camunda:class="org.x.Pay"', service('camunda:class="org.x.Pay"')],
  ['t', 'camunda:expression="${pay.run()}"', service('camunda:expression="${pay.run()}"')],
  ['t', 'camunda:delegateExpression="${pay}"', service('camunda:delegateExpression="${pay}"')],
  [
    't',
    'camunda:type="external" camunda:topic="pay"',
    service('camunda:type="external" camunda:topic="pay"'),
  ],
  ['t', '<zeebe:taskDefinition>', service('', JOB)],
  ['t', 'camunda:decisionRef="dish"', '<bpmn:businessRuleTask id="t" camunda:decisionRef="dish" />'],
  ['t', 'collection ${list}', loop('camunda:collection="${list}"')],
  ['t', '<bpmn:MultiInstanceLoopCharacteristics>', loop('flowable:collection="list"')],
  [
    't',
    '<bpmn:MultiInstanceLoopCharacteristics>',
    loop('', '<bpmn:loopDataInputRef>x</bpmn:loopDataInputRef>'),
  ],
  ['t', 'loopCardinality #{n}', loop('', '<bpmn:loopCardinality>#{n}</bpmn:loopCardinality>')],
  [
    't',
    'completionCondition ${done == 1}',
    loop(
      'camunda:collection="$(data.list)"',
      '<bpmn:completionCondition>${done == 1}</bpmn:completionCondition>',
    ),
  ],
  [
    't',
    'loopCondition ${again}',
    '<bpmn:userTask id="t" camunda:assignee="ann"><bpmn:standardLoopCharacteristics>' +
      '<bpmn:loopCondition>${again}</bpmn:loopCondition></bpmn:standardLoopCharacteristics></bpmn:userTask>',
  ],
  ['t', 'timeDuration ${d}', timer('${d}')],
  [
    't',
    'condition data.x > 1',
    '<bpmn:intermediateCatchEvent id="t"><bpmn:conditionalEventDefinition><bpmn:condition>data.x &gt; 1' +
      '</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:intermediateCatchEvent>',
  ],
  ['t', 'calledElement ${m}', '<bpmn:callActivity id="t" calledElement="${m}" />'],
])('Of %s, the author is told that nothing here runs: %s', async (id, found, xml) => {
  expect(await checkModel(document(NAMESPACES, xml))).toMatchObject([{ element: id, found }]);
});

test.each([
  condition('$(this.data.approved)'),
  script('JavaScript', 'data.x = 1'),
  script('text/javascript', 'data.x = 1'),
  service('implementation="pay"'),
  service('camunda:delegateExpression="pay.run"'),
  service('implementation="pay" camunda:class="org.x.Pay"'),
  service(''),
  loop('camunda:collection="$(this.data.list)"'),
  loop('', '<bpmn:loopCardinality>3</bpmn:loopCardinality>'),
  timer('PT1H'),
  timer('$(this.data.wait)'),
])('Nothing is said of what bpmn-server runs: %s', async (xml) => {
  expect(await checkModel(document(NAMESPACES, xml))).toEqual([]);
});

onStores('An instance of a model with code in another language', (kind) => {
  const guards = new Guards(kind);
  test.each([
    ['way', condition('${approved == true}')],
    ['t', script('groovy', 'def x = 1')],
    ['t', timer('${d}')],
    ['t', loop('camunda:collection="${list}"')],
    ['t', loop('', '<bpmn:loopCardinality>${n}</bpmn:loopCardinality>')],
  ])('fails with an error of the model that names the element: %s, in %s', async (element, xml) => {
    const guard = await guards.make();
    await guard.api.model.save('M', document(NAMESPACES, xml), null, ADMIN_USER);
    expect(await refusal(guard.api.engine.start('M', {}, person('ann')))).toMatchObject({
      code: 'failed',
      message: expect.stringContaining(`${element}: its code is not JavaScript`) as string,
    });
    expect(await guard.api.data.findInstances({}, ADMIN_USER)).toEqual([]);
  });
});

import { ADMIN_USER, Guards, person } from '../../../support/guards.js';
import { document, extensions, jbpmInputs, userTask, type DocumentRest } from '../../../support/dialects.js';

const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';
const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';
const ACME = 'http://example.com/acme';
const NAMESPACES = { camunda: CAMUNDA, zeebe: ZEEBE, acme: ACME };
const STRANGER = person('stranger', 'strangers');

const owner = (tag: string): string =>
  `<bpmn:${tag}><bpmn:resourceAssignmentExpression><bpmn:formalExpression>hr</bpmn:formalExpression>` +
  `</bpmn:resourceAssignmentExpression></bpmn:${tag}>`;
const inside = (tag: string, before: string): string =>
  `<bpmn:${tag} id="t">${before}<bpmn:startEvent id="in" /><bpmn:userTask id="task" />` +
  `<bpmn:sequenceFlow id="inner" sourceRef="in" targetRef="task" /></bpmn:${tag}>`;
const lane = (attributes: string, inner = ''): DocumentRest => ({
  inner: `<bpmn:laneSet id="ls"><bpmn:lane id="l"${attributes}>${inner}<bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>`,
});
const pool = (reference: string): DocumentRest => ({
  before: `<bpmn:collaboration id="c"><bpmn:participant id="P" name="HR" processRef="${reference}" /></bpmn:collaboration>`,
});
const resource: DocumentRest = { before: '<bpmn:resource id="R" name="hr" />' };

type Case = readonly [what: string, task: string, rest: DocumentRest, found: string];

const CLOSED: readonly Case[] = [
  ...['potentialOwner', 'humanPerformer', 'performer', 'resourceRole'].flatMap((tag): Case[] => [
    [`${tag} of a sub-process`, inside('subProcess', owner(tag)), {}, 'at t'],
    [`${tag} of a transaction`, inside('transaction', owner(tag)), {}, 'at t'],
    [`${tag} of the process`, userTask(), { inner: owner(tag) }, 'at p'],
  ]),
  ['a pool with a prefix in its reference', userTask(), pool('tns:p'), 'processRef "tns:p"'],
  [
    'a lane that stands for a resource which is not there',
    userTask(),
    { ...resource, ...lane(' partitionElementRef="tns:R"') },
    'partitionElementRef "tns:R"',
  ],
  [
    'a private extension of a lane without a name',
    userTask(),
    lane(' acme:role="hr"'),
    'acme:role="hr" at l',
  ],
  [
    'a private element in a lane without a name',
    userTask(),
    lane('', extensions('<acme:responsible>hr</acme:responsible>')),
    '<acme:responsible> at l',
  ],
  [
    'a header by which Zeebe assigns',
    userTask(
      '',
      extensions(
        '<zeebe:taskHeaders><zeebe:header key="colour" value="red" />' +
          '<zeebe:header key="io.camunda.zeebe:candidateGroups" value="hr" /></zeebe:taskHeaders>',
      ),
    ),
    {},
    'io.camunda.zeebe:candidateGroups',
  ],
  ...['Actors', 'Groups', 'PotentialOwners', 'Assignee', 'Role'].map((name): Case => [
    `an input called ${name}`,
    userTask('', jbpmInputs({ [name]: 'hr' })),
    {},
    `dataInput ${name} = hr`,
  ]),
  ['an empty assignee', userTask('camunda:assignee=""'), {}, 'camunda:assignee=""'],
  ['empty candidates', userTask('camunda:candidateGroups=" "'), {}, 'camunda:candidateGroups=" "'],
  ['an empty assignment of Zeebe', userTask('', extensions('<zeebe:assignmentDefinition />')), {}, '<zeebe:'],
  [
    'an assignment of Zeebe to an empty name',
    userTask('', extensions('<zeebe:assignmentDefinition assignee="" />')),
    {},
    'assignee=""',
  ],
];

const byStar: Case = [
  'a resource called as everybody would be, by a star',
  userTask('', '<bpmn:potentialOwner><bpmn:resourceRef>r</bpmn:resourceRef></bpmn:potentialOwner>'),
  { before: '<bpmn:resource id="r" name="*" />' },
  '<bpmn:PotentialOwner> *',
];

const OPEN: readonly Case[] = [
  [
    'a pool of others that stands for no process',
    userTask(),
    {
      before:
        '<bpmn:collaboration id="c"><bpmn:participant id="P" processRef="p" /><bpmn:participant id="Q" name="Customer" processRef="there" /></bpmn:collaboration>',
    },
    'processRef "there"',
  ],
  ['an extension of a lane that is about other things', userTask(), lane(' acme:colour="red"'), ''],
];

describe('A task whose people are named by an element around it', () => {
  const guards = new Guards('embedded');

  async function waiting(task: string, rest: DocumentRest) {
    const guard = await guards.make();
    const source = document(NAMESPACES, task, rest);
    const { warnings } = await guard.api.model.save('M', source, null, ADMIN_USER);
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    const [item] = await guard.api.data.findItems(
      { id, 'items.status': 'wait', 'items.type': 'bpmn:UserTask' },
      ADMIN_USER,
    );
    const seen = await guard.api.data.findItems({ id }, STRANGER);
    return { warnings, item, seen };
  }

  test.each([...CLOSED, byStar])(
    'belongs to nobody, and its author is warned: %s',
    async (_what, task, rest, found) => {
      const { warnings, item, seen } = await waiting(task, rest);
      expect(item).toMatchObject({ state: 'closed' });
      expect(seen).toEqual([]);
      expect(warnings.map((one) => one.found).join('\n')).toContain(found);
    },
  );

  test.each(OPEN)('stays open: %s', async (_what, task, rest, found) => {
    const { warnings, seen } = await waiting(task, rest);
    expect(seen).not.toEqual([]);
    expect(warnings.map((one) => one.found).join('\n')).toContain(found);
  });

  test('has the role of a lane by the name of the resource that is written inside of the lane', async () => {
    const named = '<bpmn:partitionElement xsi:type="bpmn:tResource" id="R2" name="hr" />';
    const { item } = await waiting(userTask(), lane('', named));
    expect(item).toMatchObject({ candidateGroups: ['hr'] });
  });
});

import { checkModel } from 'bpmn-guard';
import { SAME_ATTRIBUTES, ZEEBE } from '../../../../src/engine/model/dialects/uris.js';
import { document, extensions, userTask } from '../../../support/dialects.js';

const X = { x: 'http://example.com/x', camunda: 'http://camunda.org/schema/1.0/bpmn' };

const PEOPLE = [
  ...[
    'agent',
    'taskAgent',
    'operator',
    'workerId',
    'principalName',
    'recipients',
    'login',
    'taskEmail',
    'clerk',
  ],
  ...['owner', 'approvers', 'responsible'],
  ...['bearbeiter', 'sachbearbeiterin', 'zustaendig', 'zustaendigkeit', 'verantwortlicher', 'zugewiesenAn'],
  ...['responsable', 'assigne', 'groupe', 'asignadoA', 'encargada', 'usuario'],
  ...[
    'performedBy',
    'executedBy',
    'approvedBy',
    'handledBy',
    'doneBy',
    'completedby',
    'claimableBy',
    'visibleTo',
  ],
  ...[
    'resource',
    'resources',
    'resourceRef',
    'identityLink',
    'identityLinks',
    'delegate',
    'deputy',
    'signer',
  ],
  ...[
    'signatory',
    'officer',
    'orgUnit',
    'position',
    'jobTitle',
    'authority',
    'raci',
    'holder',
    'nominee',
    'boss',
  ],
  ...['lead', 'abteilung', 'wykonawca'],
  ...[
    'handler',
    'taskHandler',
    'approveBy',
    'sign-off',
    'signOffBy',
    'approval',
    'workgroup',
    'userGroup',
    'usergroup',
  ],
  ...[
    'deptCode',
    'personnelNo',
    'crew',
    'coordinator',
    'admins',
    'allocation',
    'operatorId',
    'queueRef',
    'profile',
  ],
  ...['forWhom', 'restrictTo', 'allow', 'requester', 'recipientList'],
  ...['incaricato', 'assegnatario', 'responsabile', 'responsavel', 'atribuidoA', 'toegewezen', 'behandelaar'],
];
const OTHER_THINGS = [
  ...['workerType', 'agentVersion', 'operatorSymbol', 'emailTemplate', 'loginUrl', 'principalAmount'],
  ...['createdBy', 'lastModifiedBy', 'triggeredBy', 'resourceBundle', 'leadTime', 'relatedTo', 'placeholder'],
  ...['sortBy', 'dueBy', 'colour', 'layoutHint', 'width', 'icon', 'slaMinutes', 'helpText', 'allowedValues'],
  ...['designer', 'rolodex', 'benutzeroberflaeche', 'affectedSystem', 'verb', 'grouping'],
];

const OPEN = expect.stringContaining('the task is open to everybody') as string;

describe('An attribute of a user task in a namespace that is not known', () => {
  test.each(PEOPLE)('closes the task, and its author is told how to say it: %s', async (name) => {
    const [warning, ...more] = await checkModel(document(X, userTask(`x:${name}="ann"`)));
    expect(more).toEqual([]);
    expect(warning).toEqual({
      element: 't',
      found: `x:${name}="ann"`,
      means: expect.stringMatching(/nobody.*assignee, candidateUsers and candidateGroups/) as string,
    });
  });

  test.each(OTHER_THINGS)(
    'leaves it open if it says nothing of people, and its author is told so: %s',
    async (name) => {
      expect(await checkModel(document(X, userTask(`x:${name}="red"`)))).toEqual([
        { element: 't', found: `x:${name}="red"`, means: OPEN },
      ]);
    },
  );

  test('is not mentioned if the model names people', async () => {
    const task = userTask('x:slot="5b" camunda:assignee="ann"', extensions('<x:layout at="3" />'));
    expect(await checkModel(document(X, task))).toEqual([]);
  });

  test('is mentioned once, however many tasks have it', async () => {
    const other = '<bpmn:userTask id="u" x:slot="6" />';
    const source = document(X, userTask('x:slot="5b"'), { inner: other });
    expect(await checkModel(source)).toEqual([
      { element: 'u', found: 'x:slot="6"', means: expect.stringContaining('Elements with it: 2.') as string },
    ]);
  });
});

test('A private extension of a start event that is open to everybody is mentioned', async () => {
  const rest = { startAttributes: ' x:slot="5b"' };
  expect(await checkModel(document(X, userTask('camunda:assignee="ann"'), rest))).toMatchObject([
    { element: 'start', means: expect.stringContaining('everybody may start') as string },
  ]);
});

test('A private extension of a start event or task in a lane is not mentioned: the lane names people', async () => {
  const inner =
    '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="hr"><bpmn:flowNodeRef>start</bpmn:flowNodeRef>' +
    '<bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>';
  const rest = { startAttributes: ' x:slot="5b"', inner };
  expect(await checkModel(document(X, userTask('x:slot="5b"'), rest))).toEqual([]);
});

test.each(['12', '10,20', '50%', 'true'])(
  'A position of %s is a place, and leaves the task open',
  async (value) => {
    expect(await checkModel(document(X, userTask(`x:position="${value}"`)))).toMatchObject([{ means: OPEN }]);
  },
);

/** What names nobody there. */
const HARMLESS_ATTRIBUTES =
  'asyncBefore category dueDate exclusive extensionId formKey jobPriority priority resultVariable skipExpression'.split(
    ' ',
  );

const ENGINES = [...Object.keys(SAME_ATTRIBUTES), ZEEBE];

describe.each(ENGINES)('An attribute of a user task in the namespace %s of a supported engine', (uri) => {
  test('closes the task if it is not known there, whatever its name', async () => {
    for (const name of ['whoever', 'zzz', 'canddateuser', 'assigneeExpr', 'performedBy']) {
      const task = userTask(`e:${name}="ann"`);
      expect(await checkModel(document({ e: uri }, task))).toMatchObject([
        { found: `e:${name}="ann"`, means: expect.stringContaining('nobody') as string },
      ]);
    }
  });

  test('leaves it open if it is known to name nobody', async () => {
    const attributes = HARMLESS_ATTRIBUTES.map((name) => `e:${name}="5"`).join(' ');
    expect(await checkModel(document({ e: uri }, userTask(attributes)))).toEqual([]);
  });

  test('closes a start event if it is not known there', async () => {
    const rest = (name: string) => ({ startAttributes: ` e:${name}="ann"` });
    expect(await checkModel(document({ e: uri }, userTask(), rest('whoever')))).toMatchObject([
      { element: 'start', means: expect.stringContaining('admits nobody') as string },
    ]);
    expect(await checkModel(document({ e: uri }, userTask(), rest('formKey')))).toEqual([]);
  });

  test('is judged alike among the extension elements', async () => {
    const closed = extensions('<e:whoever>ann</e:whoever>');
    expect(await checkModel(document({ e: uri }, userTask('', closed)))).toMatchObject([
      { found: '<e:whoever>', means: expect.stringContaining('nobody') as string },
    ]);
    const open = extensions('<e:formData businessKey="x" /><e:whoever />');
    expect(await checkModel(document({ e: uri }, userTask('', open)))).toEqual([]);
  });
});

describe('An extension of a user task', () => {
  test.each([
    '<x:agent>ann</x:agent>',
    '<x:meta recipient="ann" />',
    '<x:performedBy>ann</x:performedBy>',
    '<x:position>Manager</x:position>',
    '<x:identityLink type="candidate" />',
    '<x:property name="approver"><x:value of="ann" /></x:property>',
    '<x:config>{"assignee": "ann"}</x:config>',
    '<x:item name="keyownershipfields"><x:value>team</x:value></x:item>',
    '<camunda:properties><camunda:property name="approvedBy" value="ann" /></camunda:properties>',
    '<camunda:properties><camunda:property name="负责人" value="ann" /></camunda:properties>',
    '<camunda:properties><camunda:property name="bearbeiter" value="ann" /></camunda:properties>',
    ...['zuständig', 'assigné', 'responsável', 'Responsável-da-Tarefa'].map(
      (name) => `<camunda:properties><camunda:property name="${name}" value="ann" /></camunda:properties>`,
    ),
  ])('closes the task if it may name people: %s', async (inner) => {
    expect(await checkModel(document(X, userTask('', extensions(inner))))).toMatchObject([
      { means: expect.stringContaining('nobody') as string },
    ]);
  });

  test.each([
    '<x:rule operator="eq" value="3" />',
    '<x:attribute name="Resource" type="string" value="" />',
    '<x:item name="keyownershipfields" type="CDATA" />',
    '<x:config>{"colour": "red"}</x:config>',
    '<camunda:properties><camunda:property name="描述" value="text" /></camunda:properties>',
    '<x:notification email="boss@acme.com" />',
    '<x:job workerType="java" />',
    '<camunda:properties><camunda:property name="email" value="boss@acme.com" /></camunda:properties>',
  ])('leaves it open if it is about conditions, messages or jobs: %s', async (inner) => {
    const warnings = await checkModel(document(X, userTask('', extensions(inner))));
    expect(warnings.every(({ means }) => means.includes('open to everybody'))).toBe(true);
  });
});

describe('A start or a task for `*`', () => {
  test.each([
    [userTask('camunda:candidateGroups="*"'), {}, 't', 'open to everybody'],
    [userTask('camunda:candidateGroups="hr,*"'), {}, 't', 'left out'],
    [userTask(), { process: ' camunda:candidateStarterUsers="*"' }, 'p', 'does not mean everybody'],
    [userTask(), { process: ' camunda:candidateStarterGroups="hr,*"' }, 'p', 'does not mean everybody'],
    [userTask(), { startAttributes: ' camunda:candidateUsers="*"' }, 'start', 'does not mean everybody'],
    [
      userTask(),
      { inner: extensions('<camunda:potentialStarter>group(*)</camunda:potentialStarter>') },
      'p',
      'does not mean everybody',
    ],
  ])('is told that it is a name and not everybody: %s %j', async (task, rest, element, means) => {
    expect(await checkModel(document(X, task, rest))).toMatchObject([
      { element, means: expect.stringContaining(means) as string },
    ]);
  });
});

import { checkModel } from 'bpmn-guard';
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
  ...['incaricato', 'assegnatario', 'responsabile', 'responsavel', 'atribuidoA', 'toegewezen', 'behandelaar'],
];
const OTHER_THINGS = [
  ...['workerType', 'agentVersion', 'operatorSymbol', 'emailTemplate', 'loginUrl', 'principalAmount'],
  ...['designer', 'rolodex', 'benutzeroberflaeche', 'affectedSystem', 'verb', 'grouping'],
];

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

  test.each(OTHER_THINGS)('that says nothing of people leaves it open: %s', async (name) => {
    expect(await checkModel(document(X, userTask(`x:${name}="red"`)))).toEqual([]);
  });
});

describe('An extension of a user task', () => {
  test.each([
    '<x:agent>ann</x:agent>',
    '<x:meta recipient="ann" />',
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
    '<x:notification email="boss@acme.com" />',
    '<x:job workerType="java" />',
    '<camunda:properties><camunda:property name="email" value="boss@acme.com" /></camunda:properties>',
  ])('leaves it open if it is about conditions, messages or jobs: %s', async (inner) => {
    expect(await checkModel(document(X, userTask('', extensions(inner))))).toEqual([]);
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

import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal, waitingTask, type TestGuard } from '../../support/guards.js';
import { document, extensions, jbpmInputs, userTask, type DocumentRest } from '../../support/dialects.js';
import { onStores } from '../../support/stores.js';

const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';
const ACTIVITI = 'http://activiti.org/bpmn';
const FLOWABLE = 'http://flowable.org/bpmn';
const OPERATON = 'http://operaton.org/schema/1.0/bpmn';
const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';
const JBPM = 'http://www.jboss.org/drools';

const expression = (tag: string, text: string, language = ''): string =>
  `<bpmn:${tag}><bpmn:resourceAssignmentExpression><bpmn:formalExpression${language}>${text}</bpmn:formalExpression>` +
  `</bpmn:resourceAssignmentExpression></bpmn:${tag}>`;
const input = (name: string, text?: string): string => jbpmInputs({ [name]: text });

type Closing = readonly [what: string, namespaces: Readonly<Record<string, string>>, task: string];
type Case = readonly [...Closing, rest: DocumentRest];

/** Code that may assign and that bpmn-server does not run. */
const listening = (prefix: string, event: string, code: string): string =>
  userTask('', extensions(`<${prefix}:taskListener event="${event}"${code}</${prefix}:taskListener>`));
const assigns = (prefix: string): string => `><${prefix}:script>item.assignee = 'ann'</${prefix}:script>`;

const UNDERSTOOD: readonly (readonly [...Case, expected: Record<string, unknown>])[] = [
  ['Camunda 7 under another prefix', { c: CAMUNDA }, userTask('c:assignee="ann"'), {}, { assignee: 'ann' }],
  [
    'Activiti',
    { activiti: ACTIVITI },
    userTask('activiti:candidateUsers="ann, bob"'),
    {},
    { candidateUsers: ['ann', 'bob'] },
  ],
  [
    'Flowable',
    { flowable: FLOWABLE },
    userTask('flowable:candidateGroups="hr"'),
    {},
    { candidateGroups: ['hr'] },
  ],
  ['Operaton', { operaton: OPERATON }, userTask('operaton:assignee="ann"'), {}, { assignee: 'ann' }],
  [
    'an attribute that declares its namespace itself',
    {},
    userTask(`xmlns:x="${FLOWABLE}" x:assignee="ann"`),
    {},
    { assignee: 'ann' },
  ],
  ['a variable', { activiti: ACTIVITI }, userTask('activiti:assignee="${who}"'), {}, { assignee: 'ann' }],
  [
    'a list in a variable',
    { camunda: CAMUNDA },
    userTask('camunda:candidateGroups="${groups}"'),
    {},
    { candidateGroups: ['hr', 'it'] },
  ],
  [
    'the initiator',
    { camunda: CAMUNDA },
    userTask('camunda:assignee="${initiator}"'),
    {},
    { assignee: 'starter' },
  ],
  [
    'the initiator under a name of the model',
    { flowable: FLOWABLE },
    userTask('flowable:assignee="${applicant}"'),
    { startAttributes: ' flowable:initiator="applicant"' },
    { assignee: 'starter' },
  ],
  [
    'the initiator, whom no data replace,',
    { operaton: OPERATON },
    userTask('operaton:assignee="${who}"'),
    { startAttributes: ' operaton:initiator="who"' },
    { assignee: 'starter' },
  ],
  [
    'Zeebe',
    { zeebe: ZEEBE },
    userTask('', extensions('<zeebe:assignmentDefinition candidateGroups="hr" candidateUsers="ann, bob" />')),
    {},
    { candidateGroups: ['hr'], candidateUsers: ['ann', 'bob'] },
  ],
  [
    'a script at its start',
    { camunda: CAMUNDA },
    listening('camunda', 'start', assigns('camunda')),
    {},
    { assignee: 'ann' },
  ],
  [
    'the host’s own event beside code that is not run',
    { camunda: CAMUNDA },
    userTask('camunda:assignee="ann"', extensions('<camunda:taskListener event="complete" class="a.B" />')),
    {},
    { assignee: 'ann' },
  ],
  [
    'a potential owner',
    {},
    userTask('', expression('potentialOwner', 'user(ann), group(hr), it')),
    {},
    { candidateUsers: ['ann'], candidateGroups: ['hr', 'it'] },
  ],
  [
    'a potential owner in capitals',
    {},
    userTask('', expression('potentialOwner', 'USER( ann ), Group(hr)')),
    {},
    { candidateUsers: ['ann'], candidateGroups: ['hr'] },
  ],
  [
    'an expression of JavaScript',
    {},
    userTask('', expression('potentialOwner', '$(this.data.groups)', ' language="application/javascript"')),
    {},
    { candidateGroups: ['hr', 'it'] },
  ],
  [
    'names of users and groups in any language',
    {},
    userTask('', expression('potentialOwner', 'group(hr)', ' language="http://www.w3.org/1999/XPath"')),
    {},
    { candidateGroups: ['hr'] },
  ],
  [
    'the initiator of the editors of Activiti and Flowable',
    { flowable: FLOWABLE },
    userTask('flowable:assignee="$INITIATOR"'),
    {},
    { assignee: 'starter' },
  ],
  ['a human performer', {}, userTask('', expression('humanPerformer', 'ann')), {}, { assignee: 'ann' }],
  ['a performer', {}, userTask('', expression('performer', 'user(ann)')), {}, { assignee: 'ann' }],
  [
    'a resource that is referred to, with a comma in its name',
    {},
    userTask('', '<bpmn:potentialOwner><bpmn:resourceRef>r</bpmn:resourceRef></bpmn:potentialOwner>'),
    { before: '<bpmn:resource id="r" name="Clerks, senior" />' },
    { candidateGroups: ['Clerks, senior'] },
  ],
  [
    'an actor of jBPM',
    { drools: JBPM },
    userTask('', input('ActorId', 'ann')),
    {},
    { candidateUsers: ['ann'] },
  ],
  [
    'a group of jBPM',
    { drools: JBPM },
    userTask('', input('GroupId', 'hr,it')),
    {},
    { candidateGroups: ['hr', 'it'] },
  ],
  [
    'an owner of jBPM, who is a user',
    { drools: JBPM },
    userTask('', expression('potentialOwner', 'ann')),
    {},
    { candidateUsers: ['ann'] },
  ],
];

const CLOSED: readonly Closing[] = [
  ['a misspelt attribute', { camunda: CAMUNDA }, userTask('camunda:asignee="ann"')],
  ['a singular', { camunda: CAMUNDA }, userTask('camunda:candidateGroup="hr"')],
  ['a namespace that is not known', { x: 'http://example.com/x' }, userTask('x:assignee="ann"')],
  [
    'the usual prefix for another namespace',
    { camunda: 'http://example.com/x' },
    userTask('camunda:assignee="ann"'),
  ],
  ['no namespace', {}, userTask('assignee="ann"')],
  ['an owner of Activiti', { activiti: ACTIVITI }, userTask('activiti:owner="ann"')],
  ...[
    '${who.name}',
    '#{who}',
    '=who',
    '{{who}}',
    'u-${who}',
    'hr,${who}',
    'hr, =who',
    '${execution}',
    '{who}',
    'hr,$(data.who)',
    '[hr, it]',
    "'hr', 'it'",
  ].map((text): Closing => [
    `the expression ${text}`,
    { camunda: CAMUNDA },
    userTask(`camunda:candidateGroups="${text}"`),
  ]),
  [
    'an expression of Zeebe',
    { zeebe: ZEEBE },
    userTask('', extensions('<zeebe:assignmentDefinition assignee="=who" />')),
  ],
  [
    'a misspelt element',
    { zeebe: ZEEBE },
    userTask('', extensions('<zeebe:assignementDefinition who="ann" />')),
  ],
  ...[
    '<zeebe:userTask><zeebe:assignmentDefinition assignee="ann" /></zeebe:userTask>',
    '<zeebe:userTask assignee="ann" />',
    '<zeebe:taskHeaders candidateGroups="hr" />',
    '<zeebe:formDefinition><zeebe:data><zeebe:potentialOwner>hr</zeebe:potentialOwner></zeebe:data></zeebe:formDefinition>',
  ].map((text): Closing => [
    `an assignment where no engine reads it, ${text}`,
    { zeebe: ZEEBE },
    userTask('', extensions(text)),
  ]),
  [
    'an element of a tool',
    { x: 'http://example.com/x' },
    userTask('', extensions('<x:meta><x:assignment>ann</x:assignment></x:meta>')),
  ],
  [
    'a field of a tool',
    { x: 'http://example.com/x' },
    userTask('', extensions('<x:field name="candidateGroups" value="hr" />')),
  ],
  [
    'a property',
    { camunda: CAMUNDA },
    userTask(
      '',
      extensions('<camunda:properties><camunda:property name="assignee" value="ann" /></camunda:properties>'),
    ),
  ],
  [
    'a custom role of Activiti',
    { activiti: ACTIVITI },
    userTask('', extensions('<activiti:customResource activiti:name="owner" />')),
  ],
  ['an owner without a name', {}, userTask('', '<bpmn:potentialOwner />')],
  [
    'a resource that is not there',
    {},
    userTask('', '<bpmn:potentialOwner><bpmn:resourceRef>r</bpmn:resourceRef></bpmn:potentialOwner>'),
  ],
  ['a role of no kind', {}, userTask('', expression('resourceRole', 'ann'))],
  ['an owner in another language', {}, userTask('', expression('potentialOwner', 'group(${who.group})'))],
  ...[
    'role(hr)',
    'groups(hr)',
    'group(hr);user(ann)',
    'group(hr) user(ann)',
    "getPotentialOwner('hr')",
    'clerks/hr',
    'hr; it',
  ].map((text): Closing => [`an owner ${text}`, {}, userTask('', expression('potentialOwner', text))]),
  ...['boss', 'getDataObject("x")/o', 'group(getGroup())'].map((text): Closing => [
    `an owner ${text} in another language`,
    {},
    userTask('', expression('potentialOwner', text, ' language="http://www.w3.org/1999/XPath"')),
  ]),
  ['a variable without braces', { camunda: CAMUNDA }, userTask('camunda:assignee="$boss"')],
  ['a variable after a number sign', { camunda: CAMUNDA }, userTask('camunda:assignee="#boss"')],
  ['an attribute that no engine has', { camunda: CAMUNDA }, userTask('camunda:performedBy="ann"')],
  ['who performs it', { x: 'http://example.com/x' }, userTask('x:performedBy="ann"')],
  ['an actor from a variable of jBPM', { drools: JBPM }, userTask('', input('ActorId', '#{who}'))],
  ['an actor without a value', { drools: JBPM }, userTask('', input('ActorId'))],
  ...['NotStartedReassign', 'NotCompletedReassign', 'NotStartedReasign'].map((name): Closing => [
    `${name} of jBPM`,
    { drools: JBPM },
    userTask('', input(name, '[users:ann|groups:hr]@[4h]')),
  ]),
  [
    'a variable that says to whom jBPM hands a late task',
    { drools: JBPM },
    userTask('', input('NotStartedReassign')),
  ],
  [
    'an element of a loop',
    { flowable: FLOWABLE, camunda: CAMUNDA },
    userTask(
      'flowable:assignee="${who}"',
      '<bpmn:multiInstanceLoopCharacteristics isSequential="true" camunda:collection="$(this.data.groups)" flowable:elementVariable="who" />',
    ),
  ],
];

const NOT_RUN: readonly Closing[] = [
  ['a listener of create', { camunda: CAMUNDA }, listening('camunda', 'create', ' class="a.B">')],
  [
    'a script under a prefix that the host does not run',
    { c: CAMUNDA },
    listening('c', 'start', assigns('c')),
  ],
  [
    'a listener of Zeebe',
    { zeebe: ZEEBE },
    userTask(
      '',
      extensions(
        '<zeebe:taskListeners><zeebe:taskListener eventType="assigning" type="job" /></zeebe:taskListeners>',
      ),
    ),
  ],
  [
    'two scripts of one event, of which the host runs the last',
    { camunda: CAMUNDA },
    userTask(
      '',
      extensions(
        `<camunda:taskListener event="start"${assigns('camunda')}</camunda:taskListener>` +
          '<camunda:executionListener event="start"><camunda:script>data.x = 1</camunda:script></camunda:executionListener>',
      ),
    ),
  ],
  ['several actors of jBPM', { drools: JBPM }, userTask('', input('ActorIds', 'ann,bob'))],
  ['a worker of a tool', { x: 'http://example.com/x' }, userTask('x:taskWorker="ann"')],
];

/** What the parser drops: it does not tell from which element, so nothing in the document is open to all. */
const DROPPED: readonly Closing[] = [
  ['a prefix that nothing declares', {}, userTask('camunda:assignee="ann"')],
  ['a misspelt element of BPMN', {}, userTask('', '<bpmn:potentialOwners>ann</bpmn:potentialOwners>')],
];

const OPEN: readonly Closing[] = [
  ['documentation', {}, userTask('', '<bpmn:documentation>assignee: ann</bpmn:documentation>')],
  [
    'a form',
    { camunda: CAMUNDA },
    userTask(
      'camunda:formKey="users.html"',
      extensions('<camunda:formData><camunda:formField id="assignee" type="string" /></camunda:formData>'),
    ),
  ],
  [
    'inputs',
    { camunda: CAMUNDA },
    userTask(
      '',
      extensions(
        '<camunda:inputOutput><camunda:inputParameter name="assignee">ann</camunda:inputParameter></camunda:inputOutput>',
      ),
    ),
  ],
  [
    'retries and priorities of jobs',
    { camunda: CAMUNDA },
    userTask(
      'camunda:asyncBefore="true" camunda:jobPriority="1"',
      extensions('<camunda:failedJobRetryTimeCycle>R3/PT1M</camunda:failedJobRetryTimeCycle>'),
    ),
  ],
  [
    'colours',
    { color: 'http://www.omg.org/spec/BPMN/non-normative/color/1.0' },
    userTask('color:background-color="#fff"'),
  ],
  [
    'headers, forms and mappings of Zeebe',
    { zeebe: ZEEBE },
    userTask(
      '',
      extensions(
        '<zeebe:userTask /><zeebe:userTaskForm id="f">{}</zeebe:userTaskForm><zeebe:taskHeaders><zeebe:header key="role" value="hr" /></zeebe:taskHeaders><zeebe:ioMapping><zeebe:input source="=user" target="user" /></zeebe:ioMapping>',
      ),
    ),
  ],
  ['data inputs of other names', {}, userTask('', input('Employee', 'ann'))],
  ['a listener of its end', { camunda: CAMUNDA }, listening('camunda', 'complete', ' class="a.B">')],
  [
    'a script that assigns nobody',
    { camunda: CAMUNDA },
    listening('camunda', 'start', '><camunda:script>data.x = 1</camunda:script>'),
  ],
  ['a private attribute that is empty', { x: 'http://example.com/x' }, userTask('x:assignee=""')],
  [
    'what a tool says of other things',
    { x: 'http://example.com/x' },
    userTask('x:userTaskColour="red"', extensions('<x:layout width="3" />')),
  ],
];

onStores('A task of a model in another dialect', (kind) => {
  const guards = new Guards(kind);
  const DATA = { who: 'ann', groups: ['hr', 'it'] };

  test.each(UNDERSTOOD)('is assigned as %s says', async (_what, namespaces, task, rest, expected) => {
    const guard = await guards.make();
    const source = document(namespaces, task, rest);
    await guard.api.model.save('M', source, null, ADMIN_USER);
    const warnings = await guard.api.model.check(source, ADMIN_USER);
    expect(warnings.filter(({ means }) => !means.includes('does not run this listener'))).toEqual([]);
    const { id } = await guard.api.engine.start('M', DATA, person('starter'));
    expect(await waitingTask(guard, 't', id)).toMatchObject(expected);
    expect(await guard.api.data.getPendingUserTasks({}, person('stranger', 'strangers'))).toEqual([]);
  });

  async function isNobodys(guard: Guard, instanceId: string): Promise<void> {
    expect(await waitingTask(guard, 't', instanceId)).toMatchObject({ state: 'closed' });
    expect(await guard.api.data.getPendingUserTasks({}, person('ann', 'hr'))).toEqual([]);
    const failed = await guard.store.audit.find({ answer: 'failed', limit: 5 });
    expect(failed.map(({ operation }) => operation)).toContain('system:expression');
  }

  async function saveWarned({ guard, log }: TestGuard, source: string): Promise<void> {
    const warnings = await guard.api.model.check(source, ADMIN_USER);
    expect(warnings).toContainEqual(
      expect.objectContaining({ element: 't', means: expect.stringMatching(/nobody/) }),
    );
    expect(await guard.api.model.save('M', source, null, ADMIN_USER)).toEqual({ name: 'M', warnings });
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'warn', facts: expect.objectContaining({ model: 'M', warnings }) }),
    );
  }

  test.each([...CLOSED, ...NOT_RUN])(
    'is nobody’s where it has %s, and the author is told',
    async (_what, namespaces, task) => {
      const opened = await guards.open();
      await saveWarned(opened, document(namespaces, task));
      const { id } = await opened.guard.api.engine.start('M', DATA, person('starter'));
      await isNobodys(opened.guard, id);
    },
  );

  test.each(DROPPED)(
    'is nobody’s where it has %s, nor is the start, and the author is told',
    async (_what, namespaces, task) => {
      const opened = await guards.open();
      const { guard } = opened;
      await saveWarned(opened, document(namespaces, task));
      expect(await refusal(guard.api.engine.start('M', DATA, person('starter')))).toMatchObject({
        code: 'not-found',
      });
      const { id } = await guard.api.engine.start('M', DATA, ADMIN_USER);
      await isNobodys(guard, id);
    },
  );

  test.each(OPEN)('stays open where it has %s', async (_what, namespaces, task) => {
    const guard = await guards.make();
    const source = document(namespaces, task);
    const warnings = await guard.api.model.check(source, ADMIN_USER);
    const of = /the task is open to everybody|does not run this listener/;
    expect(warnings.every(({ means }) => of.test(means))).toBe(true);
    await guard.api.model.save('M', source, null, ADMIN_USER);
    await guard.api.engine.start('M', DATA, person('starter'));
    expect(await guard.api.data.getPendingUserTasks({}, person('stranger'))).toMatchObject([
      { state: 'open' },
    ]);
  });

  test('is nobody’s where the model takes it from somebody, whomever else it names', async () => {
    const guard = await guards.make();
    const both =
      '<bpmn:ioSpecification><bpmn:dataInput id="a" name="ExcludedOwnerId" /><bpmn:inputSet /><bpmn:outputSet /></bpmn:ioSpecification>' +
      expression('potentialOwner', 'hr');
    await guard.api.model.save('M', document({}, userTask('', both)), null, ADMIN_USER);
    const { id } = await guard.api.engine.start('M', {}, person('starter'));
    expect(await waitingTask(guard, 't', id)).toMatchObject({ state: 'closed', candidateGroups: [] });
  });

  test('keeps those who are named beside something that is not understood', async () => {
    const guard = await guards.make();
    const task = userTask('camunda:assignee="ann" camunda:candidateGroup="hr"');
    await guard.api.model.save('M', document({ camunda: CAMUNDA }, task), null, ADMIN_USER);
    const { id } = await guard.api.engine.start('M', {}, person('starter'));
    expect(await waitingTask(guard, 't', id)).toMatchObject({ assignee: 'ann', state: 'assigned' });
  });

  const STARTS: readonly [what: string, rest: DocumentRest, users: string[], groups: string[]][] = [
    [
      'candidate starters of Flowable',
      { process: ' f:candidateStarterUsers="ann" f:candidateStarterGroups="hr"' },
      ['ann'],
      ['hr'],
    ],
    [
      'a potential starter',
      {
        inner: extensions(
          '<f:potentialStarter><bpmn:resourceAssignmentExpression><bpmn:formalExpression>user(ann), group(hr)</bpmn:formalExpression></bpmn:resourceAssignmentExpression></f:potentialStarter>',
        ),
      },
      ['ann'],
      ['hr'],
    ],
    ['a misspelt attribute', { process: ' f:candidateStarterGroup="hr"' }, [], []],
    ['an expression', { process: ' f:candidateStarterUsers="${who}"' }, [], []],
    ['candidates at the start event', { startAttributes: ' f:candidateUsers="ann"' }, ['ann'], []],
    [
      'a namespace that is not known',
      { startAttributes: ' xmlns:y="http://example.com" y:candidateUsers="ann"' },
      [],
      [],
    ],
    ['everybody by a star', { process: ' f:candidateStarterGroups="*"' }, [], []],
    ['a name beside a star', { process: ' f:candidateStarterUsers="ann, *"' }, ['ann'], []],
  ];
  test.each(STARTS)('is started by whom %s names, and by nobody else', async (_what, rest, users, groups) => {
    const guard = await guards.make();
    // An open task would show the model to everybody, who would be told `forbidden` then.
    const task = userTask('f:assignee="boss"');
    await guard.api.model.save('M', document({ f: FLOWABLE }, task, rest), null, ADMIN_USER);
    for (const user of [person('ann'), person('x', 'hr'), person('stranger')]) {
      const may = users.includes(user.userName) || user.userGroups.some((group) => groups.includes(group));
      const outcome = guard.api.engine.start('M', {}, user);
      if (may) expect((await outcome).status).toBe('running');
      else expect(await refusal(outcome)).toMatchObject({ code: 'not-found' });
    }
  });

  test('tells those who may not save models nothing', async () => {
    const guard = await guards.make();
    const source = document({}, userTask());
    expect(await refusal(guard.api.model.check(source, person('ann')))).toMatchObject({ code: 'forbidden' });
    expect(await guard.api.model.check(source, person('d', 'DESIGNER'))).toEqual([]);
  });
});

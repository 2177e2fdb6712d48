import * as bpmn from 'bpmn-server';
import { SecureUser, type Guard, type Policy } from 'bpmn-guard';
import { codeIn } from '../../../src/engine/model/code.js';
import { and, NOTHING } from '../../../src/core/condition/condition.js';
import { Guards, person, refusal } from '../../support/guards.js';
import {
  call,
  catching,
  element,
  end,
  listener,
  loop,
  message,
  model,
  script,
  service,
  start,
  subProcess,
  task,
  timer,
  type Part,
} from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const io = (inner: string): string =>
  `<bpmn:extensionElements><camunda:inputOutput>${inner}</camunda:inputOutput></bpmn:extensionElements>`;
const extension = (inner: string): string => `<bpmn:extensionElements>${inner}</bpmn:extensionElements>`;
const expression = (tag: string, text: string): string =>
  `<bpmn:${tag} xsi:type="bpmn:tFormalExpression">${text}</bpmn:${tag}>`;

/** Elements that hold no code: what a designer draws who is trusted with people and paths only. */
const PLAIN: Record<string, Part> = {
  'a task for a person': task('t', {
    assignee: 'alice',
    candidateGroups: 'hr,it',
    dueDate: 'P10D',
    priority: 5,
  }),
  'a task for who is named in the data': task('t', { assignee: '$(this.data.requester)' }),
  'paths in every spelling': task('t', {
    assignee: '$data.boss',
    candidateUsers: ' $(item.data.team.lead) ',
    candidateGroups: '$instance.data.größe',
  }),
  'candidates in another language': task('t', { candidateUsers: '${reviewer}' }),
  'people of a resource': task(
    't',
    {},
    `<bpmn:potentialOwner><bpmn:resourceAssignmentExpression>${expression('expression', 'user(alice), group(hr)')}</bpmn:resourceAssignmentExpression></bpmn:potentialOwner>`,
  ),
  'a loop over a path': task('t', {}, loop('$(this.data.voters)')),
  'a loop over a path without a sign': task('t', {}, loop('data.voters')),
  'a loop over a number': task('t', {}, loop('3')),
  'a timer': catching('t', timer('timeDuration', 'PT5M')),
  'a timer at a path': catching('t', timer('timeDate', '$(this.data.when)')),
  'inputs of text and paths': task(
    't',
    {},
    io(
      '<camunda:inputParameter name="a">1 + 1</camunda:inputParameter><camunda:inputParameter name="b">$(data.x)</camunda:inputParameter>',
    ),
  ),
  'outputs of paths and plain values': task(
    't',
    {},
    io(
      '<camunda:outputParameter name="a">this.data.x</camunda:outputParameter><camunda:outputParameter name="b">\'text\'</camunda:outputParameter><camunda:outputParameter name="c">1.5</camunda:outputParameter><camunda:outputParameter name="d">true</camunda:outputParameter>',
    ),
  ),
  'a form': task(
    't',
    { formKey: 'form' },
    extension(
      '<camunda:formData><camunda:formField id="days" label="$ per day" type="long" /></camunda:formData>',
    ),
  ),
  properties: task(
    't',
    {},
    extension('<camunda:properties><camunda:property name="role" value="Author" /></camunda:properties>'),
  ),
  'prices in names and documentation': element(
    'userTask',
    't',
    { name: '$100 and #1' },
    '<bpmn:documentation>$(process.exit())</bpmn:documentation>',
  ),
  'a called process': call('t', 'Other'),
  'a receiver of messages': catching('t', message('m')),
};

/** Elements that hold code, and where. */
const CODE: Record<string, [Part, ...string[]]> = {
  'a script task': [script('t', 'this.data.x = 1'), 'script in t'],
  'an empty script task': [element('scriptTask', 't'), 'script in t'],
  'a listener': [task('t', {}, listener('start', 'x()')), 'listener in t', 'script in t'],
  'a listener of tasks': [
    task(
      't',
      {},
      extension(
        '<camunda:taskListener event="create"><camunda:script>x()</camunda:script></camunda:taskListener>',
      ),
    ),
    'listener in t',
    'script in t',
  ],
  'a listener under another prefix': [
    task(
      't',
      {},
      extension(
        '<c:executionListener xmlns:c="http://camunda.org/schema/1.0/bpmn" event="start"><c:script>x()</c:script></c:executionListener>',
      ),
    ),
    'listener in t',
    'script in t',
  ],
  'a script of an element': [
    task('t', {}, extension('<camunda:script event="start">x()</camunda:script>')),
    'script in t',
  ],
  'a call of a service': [service('t', 'mail.send'), 'service in t'],
  'a service task without a name': [element('serviceTask', 't'), 'service in t'],
  'a call by expression': [
    element('serviceTask', 't', { 'camunda:delegateExpression': 'x' }),
    'service in t',
  ],
  'a send task': [element('sendTask', 't'), 'service in t'],
  'a business rule': [
    element('businessRuleTask', 't', { 'camunda:decisionRef': '../secret' }),
    'service in t',
  ],
  'a class': [task('t', { class: 'org.Example' }), 'service in t'],
  'a connector': [
    task(
      't',
      {},
      extension('<camunda:connector><camunda:connectorId>x</camunda:connectorId></camunda:connector>'),
    ),
    'service in t',
  ],
  'an assignee that is called for': [task('t', { assignee: '$(appServices.boss())' }), 'expression in t'],
  'an assignee by script': [task('t', { assignee: '# return "x"' }), 'script in t'],
  'an assignee behind blanks': [task('t', { assignee: '  $(appServices.boss())' }), 'expression in t'],
  'an output in another language': [
    task('t', {}, io('<camunda:outputParameter name="a">${process}</camunda:outputParameter>')),
    'expression in t',
  ],
  'a path beyond the data': [task('t', { assignee: '$(this.token.execution.server)' }), 'expression in t'],
  'a path to what all objects have': [task('t', { assignee: '$(this.data.constructor)' }), 'expression in t'],
  'a path that calls': [task('t', { assignee: '$(this.data.f())' }), 'expression in t'],
  'a path with an index': [task('t', { assignee: '$(this.data["a"])' }), 'expression in t'],
  'a path in pieces': [task('t', { assignee: '$(this.data.a, process.exit())' }), 'expression in t'],
  'people of a resource by code': [
    task(
      't',
      {},
      `<bpmn:potentialOwner><bpmn:resourceAssignmentExpression>${expression('expression', '$(x())')}</bpmn:resourceAssignmentExpression></bpmn:potentialOwner>`,
    ),
    'expression in t',
  ],
  'a sum': [task('t', { priority: '$(1 + 1)' }), 'expression in t'],
  'an object': [task('t', { dueDate: '$({"a": 1})' }), 'expression in t'],
  'a loop over code without a sign': [task('t', {}, loop('process.exit()')), 'expression in t'],
  'a loop over code': [task('t', {}, loop('$(x())')), 'expression in t'],
  'the end of a loop': [
    task(
      't',
      {},
      `<bpmn:multiInstanceLoopCharacteristics>${expression('completionCondition', 'x()')}</bpmn:multiInstanceLoopCharacteristics>`,
    ),
    'expression in t',
  ],
  'a timer at an expression': [catching('t', timer('timeDuration', '$(x())')), 'expression in t'],
  'a cycle at an expression': [catching('t', timer('timeCycle', '$x()')), 'expression in t'],
  'an input by expression': [
    task('t', {}, io('<camunda:inputParameter name="a">$(x())</camunda:inputParameter>')),
    'expression in t',
  ],
  'an input by script': [
    task(
      't',
      {},
      io('<camunda:inputParameter name="a"><camunda:script>x()</camunda:script></camunda:inputParameter>'),
    ),
    'script in t',
  ],
  'an input of a list': [
    task(
      't',
      {},
      io(
        '<camunda:inputParameter name="a"><camunda:list><camunda:value>x()</camunda:value></camunda:list></camunda:inputParameter>',
      ),
    ),
    'expression in t',
  ],
  'an input of a map': [
    task(
      't',
      {},
      io(
        '<camunda:inputParameter name="a"><camunda:map><camunda:entry key="k">x()</camunda:entry></camunda:map></camunda:inputParameter>',
      ),
    ),
    'expression in t',
  ],
  'an output': [
    task('t', {}, io('<camunda:outputParameter name="a">x()</camunda:outputParameter>')),
    'expression in t',
  ],
  'an output of a text with a quote': [
    task('t', {}, io("<camunda:outputParameter name=\"a\">'a'+x()+'b'</camunda:outputParameter>")),
    'expression in t',
  ],
  'a condition': [
    element(
      'sequenceFlow',
      't',
      { sourceRef: 'start', targetRef: 'end' },
      expression('conditionExpression', 'x()'),
    ),
    'expression in t',
  ],
  'something in a sub-process': [
    subProcess('s', [start({}, '', 's1'), script('t', 'x()'), end('s2')]),
    'script in t',
  ],
  'something in an element that nobody knows': [
    task('t', {}, extension('<x:y xmlns:x="http://x"><x:z w="$(x())" /></x:y>')),
    'expression in t',
  ],
};
const flowing = (part: Part): Part[] =>
  part.xml.startsWith('<bpmn:sequenceFlow')
    ? [start(), end(), { ...part, flow: false }]
    : [start(), part, end()];
const sourceOf = (part: Part): string => model(flowing(part), { messages: ['m'] });

async function placesIn(source: string): Promise<string[]> {
  const { moddle } = new bpmn.Definition('x', source, {
    appDelegate: { moddleOptions: {} },
    logger: new bpmn.Logger({ toConsole: false } as never),
  } as never) as unknown as { moddle: { fromXML(text: string): Promise<{ rootElement: never }> } };
  const { rootElement } = await moddle.fromXML(source);
  return codeIn(rootElement)
    .map(({ what, element: id }) => `${what} in ${id}`)
    .sort();
}

describe('code in a model', () => {
  test.each(Object.entries(PLAIN))('is not %s', async (_name, part) => {
    expect(await placesIn(sourceOf(part))).toEqual([]);
  });

  test.each(Object.entries(CODE))('is %s', async (_name, [part, ...places]) => {
    expect(await placesIn(sourceOf(part))).toEqual(places);
  });

  test('is found on the process itself, and however deep it lies', async () => {
    expect(await placesIn(model([start(), end()], { id: 'p', inner: listener('start', 'x()') }))).toEqual([
      'listener in p',
      'script in p',
    ]);
    let part = script('t', 'x()');
    for (let depth = 0; depth < 200; depth++)
      part = subProcess(`s${depth}`, [start({}, '', `a${depth}`), part, end(`b${depth}`)]);
    expect(await placesIn(model([start(), part, end()]))).toEqual(['script in t']);
  });
});

const of = (tenantId: string | undefined, ...userGroups: string[]): SecureUser =>
  new SecureUser({ userName: 'dee', userGroups, ...(tenantId === undefined ? {} : { tenantId }) });
const SCRIPT = model([start(), script('t', 'this.data.x = 1'), end()]);
const DRAWN = model([start(), task('t', { assignee: '$(this.data.requester)' }), end()]);

onStores('saving a model with code', (kind) => {
  const guards = new Guards(kind);
  const save = (guard: Guard, user: SecureUser, source: string, name = 'M'): Promise<unknown> =>
    guard.api.model.save(name, source, null, user);
  const saved = (guard: Guard) => guard.store.audit.find({ limit: 1 }).then(([entry]) => entry);

  test('is for administrators and designers, and named in the audit trail without the code', async () => {
    const guard = await guards.make();
    for (const user of [
      of(undefined, 'DESIGNER'),
      of('acme', 'DESIGNER'),
      of('acme', 'ADMIN'),
      of(undefined, 'SYSTEM'),
    ]) {
      await save(guard, user, SCRIPT);
      expect(await saved(guard)).toMatchObject({
        userName: 'dee',
        resource: { kind: 'model', name: 'M', code: ['script in t'] },
        answer: 'allowed',
      });
      expect(JSON.stringify(await saved(guard))).not.toContain('this.data.x');
      await save(guard, user, DRAWN);
      expect((await saved(guard))?.resource).toEqual({ kind: 'model', name: 'M' });
    }
    await save(
      guard,
      of('acme', 'DESIGNER'),
      model([start(), ...Array.from({ length: 60 }, (_, at) => script(`t${at}`, 'x')), end()]),
    );
    const { code = [] } = (await saved(guard))?.resource ?? {};
    expect([code.length, code.at(-1)]).toEqual([51, '10 more']);
  });

  test('is taken from everybody of a tenant by the option, their administrators included', async () => {
    const guard = await guards.make({ tenantsMaySaveCode: false });
    const ofOwner = new SecureUser({ userName: 'own', userGroups: ['ADMIN'], modelsOwner: 'acme' });
    for (const user of [of('acme', 'DESIGNER'), of('acme', 'ADMIN'), of('acme', 'SYSTEM'), ofOwner]) {
      const error = await refusal(save(guard, user, SCRIPT));
      expect([error.code, error.message.includes('model:code')]).toEqual(['forbidden', true]);
      expect(await guard.store.models.get('M', 'acme')).toBeUndefined();
      expect(await saved(guard)).toMatchObject({ answer: 'refused', reason: 'forbidden' });
    }
    await save(guard, of('acme', 'DESIGNER'), DRAWN);
    // What is there already, without code, is not made one with code.
    expect((await refusal(save(guard, of('acme', 'DESIGNER'), SCRIPT))).code).toBe('forbidden');
    expect((await guard.store.models.get('M', 'acme'))?.source).toBe(DRAWN);
    expect(await guard.can(of('acme', 'ADMIN'), 'model:code', { model: { name: 'M' } })).toBe(false);
    for (const user of [of(undefined, 'DESIGNER'), of(undefined, 'ADMIN'), of(undefined, 'SYSTEM')])
      await save(guard, user, SCRIPT);
    expect((await refusal(guards.make({ tenantsMaySaveCode: 'no' as never }))).code).toBe(
      'bad-configuration',
    );
  });

  test('is taken from designers by a policy, which gives it to nobody who may not save', async () => {
    const noCode: Policy = {
      name: 'no-code',
      answer: (_principal, operation) =>
        operation === 'model:code' ? { restrictive: [{ id: 'none', says: 'no code', when: NOTHING }] } : {},
    };
    const guard = await guards.make({ policies: [noCode] });
    expect((await refusal(save(guard, of('acme', 'DESIGNER'), SCRIPT))).code).toBe('forbidden');
    await save(guard, of('acme', 'DESIGNER'), DRAWN);
    await save(guard, of('acme', 'ADMIN'), SCRIPT);
    const given: Policy = {
      name: 'given',
      answer: (_principal, operation) =>
        operation === 'model:create' || operation === 'model:write'
          ? { permissive: [{ id: 'all', says: 'all save', when: and() }] }
          : {},
    };
    const open = await guards.make({ policies: [given] });
    await save(open, person('eve'), DRAWN);
    expect((await refusal(save(open, person('eve'), SCRIPT))).code).toBe('forbidden');
  });

  test('is enforced by every method that stores a model', async () => {
    const guard = await guards.make({ tenantsMaySaveCode: false });
    const user = of('acme', 'DESIGNER');
    const { definitions } = guard.server as unknown as {
      definitions: Record<string, (...args: unknown[]) => Promise<unknown>>;
    };
    const door = (name: string, ...args: unknown[]) => definitions[name]?.(...args) as Promise<unknown>;
    for (const [source, code] of [
      [SCRIPT, 'forbidden'],
      [DRAWN, undefined],
    ] as const) {
      const given = { name: 'M', source };
      for (const work of [
        () => guard.as(user).model.save('M', source),
        () => guard.runAs(user, () => door('save', 'M', source)),
        () => guard.runAs(user, () => door('saveModel', given)),
        () => guard.runAs(user, () => door('import', given)),
        () => guard.runAs(user, () => door('import', [given])),
      ]) {
        const outcome = await work().then(
          () => undefined,
          (error: { code: string }) => error.code,
        );
        expect(outcome).toBe(code);
      }
    }
  });
});

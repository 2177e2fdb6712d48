import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import * as bpmn from 'bpmn-server';
import type { DefinitionView, Guard, NodeView } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import {
  boundary,
  element,
  end,
  lanes,
  loop,
  message,
  model,
  script,
  service,
  start,
  subProcess,
  task,
  timer,
} from '../../support/models.js';

type Loose = any;

const FORM =
  '<bpmn:extensionElements><camunda:formData><camunda:formField id="days" label="Days" type="long" /></camunda:formData><camunda:inputOutput><camunda:inputParameter name="a">$(1)</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>';
const SOURCE = model(
  [
    start({ initiator: 'requester' }),
    task('ask', { formKey: 'ask-form', assignee: 'ann' }, FORM),
    boundary('late', 'ask', timer('timeDuration', 'PT1H'), true, [end('late_end')]),
    task('each', { candidateGroups: 'hr,it' }, loop('$(data.list)', true)),
    subProcess('inside', [start({}, '', 'inner_start'), script('inner', 'data.x = 1'), end('inner_end')]),
    element('intermediateCatchEvent', 'answer', {}, message('m')),
    service('call', 'notify'),
    end(),
  ],
  { messages: ['m'], inner: lanes({ Sales: ['start', 'ask'] }) },
);
const ann = person('ann', 'Sales');
const bob = person('bob');

const guards = new Guards('embedded');
const guarded = (): Promise<Guard> => guards.make({ models: { Shown: SOURCE } });

/** The definition as the bare host loads it. */
async function bareDefinition(): Promise<Loose> {
  const server = { listener: new EventEmitter(), appDelegate: {}, logger: {} };
  const { moddleOptions } = new bpmn.DefaultAppDelegate(server as never);
  const definition = new bpmn.Definition('Shown', SOURCE, {
    ...server,
    appDelegate: { moddleOptions },
  } as never);
  await definition.load();
  return definition;
}

const load = (guard: Guard, user = ADMIN_USER): Promise<DefinitionView> =>
  guard.runAs(user, () => (guard.server.definitions as Loose).load('Shown'));

/** What applications ask of a definition and of its elements. */
function answersOf(definition: Loose): unknown {
  const ids = (list: Loose[]): string[] => list.map(({ id }) => id);
  const node = (one: Loose): unknown => ({
    fields: [one.id, one.name, one.type, one.subType, one.lane, one.processId, one.messageId, one.initiator],
    flags: [one.requiresWait, one.canBeInvoked, one.isCatching, one.isFlow],
    links: [ids(one.inbounds), ids(one.outbounds), ids(one.attachments), one.attachedTo?.id],
    ends: one.outbounds.map(({ from, to, describe }: Loose) => [from.id, to.id, typeof describe]),
    described: one.describe(),
    behaviours: [...one.behaviours].map(([name, behaviour]) => [
      name,
      behaviour.describe(),
      behaviour.node.id,
      behaviour.definition.$type,
    ]),
    form: one.getBehaviour('camunda:formData')?.fields.map(({ id, label, type }: Loose) => [id, label, type]),
    io: one.getBehaviour('camunda:inputOutput')?.parameters.map((io: Loose) => [io.name, io.isInput()]),
    loop: [one.loopDefinition?.isSequential(), one.loopDefinition?.collection],
    assignment: [one.def.assignee, one.def.formKey, one.def.candidateGroups, one.def.$attrs],
    child: one.childProcess && ids(one.childProcess.getStartNodes()),
    scripts: one.scripts.size,
    has: one.hasBehaviour('bpmn:TimerEventDefinition'),
  });
  const nodes: unknown[] = [];
  definition.nodes.forEach((one: Loose) => nodes.push(node(one)));
  return {
    own: [definition.name, definition.source, definition.accessRules, ids(definition.flows)],
    processes: [...definition.processes.values()].map((process: Loose) => [
      process.id,
      process.name,
      process.isExecutable,
      process.parent,
      process.describe(),
      ids(process.childrenNodes),
      ids(process.getStartNodes(true)),
    ]),
    starts: [
      definition.getStartNode().id,
      ids(definition.getStartNodes()),
      ids(definition.getStartNodes(true)),
    ],
    nodes,
    json: JSON.parse(definition.getJson()),
    info: definition.getNodeInfo('ask').fields.map(({ id }: Loose) => id),
    formKey: definition.getNodeInfo('ask').formKey,
  };
}

/** Every object that can be reached from this one, whichever way. */
function reachable(from: object): object[] {
  const seen = new Set<object>();
  const todo = [from];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const members = [...Reflect.ownKeys(next).map((key) => (next as Loose)[key])];
    if (next instanceof Map) members.push(...next.values());
    todo.push(...members.filter((value) => typeof value === 'object' && value !== null));
  }
  return [...seen];
}

test('server.definitions.load answers what applications ask, as the bare host does', async () => {
  const guard = await guarded();
  const definition = await load(guard);
  const bare = await bareDefinition();
  expect(answersOf(definition)).toEqual(answersOf(bare));
  expect(await definition.getFields('ask')).toEqual([expect.objectContaining({ id: 'days', type: 'long' })]);
  expect(await definition.getFields('call')).toBeNull();
  expect(await definition.load()).toBe(definition);
  expect(definition.nodes.get('ask')).toBe(definition.getNodeById('ask'));
  expect(definition.getNodeInfo('nowhere')).toEqual({
    node: undefined,
    fields: undefined,
    formKey: undefined,
  });
  expect(JSON.parse(JSON.stringify(definition))).toEqual(JSON.parse(bare.getJson()));
});

test('the API and what commands return give the same definition', async () => {
  const guard = await guarded();
  const started = await guard.api.engine.start('Shown', {}, ann);
  const views = [
    await guard.api.model.load('Shown', ADMIN_USER),
    started.definition,
    started.execution.definition,
    (await guard.as(ADMIN_USER).engine.get({ id: started.id })).definition,
  ];
  const expected = answersOf(await load(guard));
  for (const view of views) expect(answersOf(view)).toEqual(expected);
});

test('nothing that a definition leads to can be changed, runs anything, or is the server', async () => {
  const guard = await guarded();
  const definition = await load(guard);
  const all = reachable(definition);
  expect(all.length).toBeGreaterThan(100);
  const methods = all.flatMap((part) => [
    ...Reflect.ownKeys(part)
      .map((key) => (part as Loose)[key])
      .filter((member) => typeof member === 'function'),
  ]);
  for (const part of [...all, ...methods]) expect(Object.isFrozen(part)).toBe(true);
  const hidden = ['server', 'logger', 'moddle', 'listener', '$model', 'execute', 'run', 'start', 'doEvent'];
  const found = all.flatMap((part) => hidden.filter((name) => (part as Loose)[name] !== undefined));
  expect(found).toEqual([]);
  expect(() => (definition.nodes as Map<string, NodeView>).set('x', {} as NodeView)).toThrow(TypeError);
  expect(() => (definition.nodes as Map<string, NodeView>).clear()).toThrow(TypeError);
  expect(() => {
    (definition.getNodeById('ask') as Loose).def.assignee = 'eve';
  }).toThrow(TypeError);
});

test('a map in a definition is read like one, and the methods of Map cannot change it', async () => {
  const { nodes } = await load(await guarded());
  const ids = [...nodes.keys()];
  expect(nodes).toBeInstanceOf(Map);
  expect(nodes.size).toBe(ids.length);
  expect(nodes.has('ask')).toBe(true);
  expect(new Map(nodes)).toEqual(new Map([...nodes.entries()]));
  expect([...nodes.values()].map(({ id }) => id)).toEqual(ids);
  const visited: unknown[] = [];
  nodes.forEach(function (this: unknown, node, id, map) {
    visited.push([this, node.id === id, map]);
  }, 'self');
  expect(visited).toEqual(ids.map(() => ['self', true, nodes]));
  expect(inspect(nodes, { depth: 0 })).toMatch(/^Map\(\d+\) \{.*'ask' => /s);
  for (const change of ['set', 'delete', 'clear'] as const)
    expect(() => Reflect.apply(Map.prototype[change], nodes, ['ask', 1])).toThrow(TypeError);
  expect([...nodes.keys()]).toEqual(ids);
});

test('only readers of the model get its definition: others get neither it nor the source in it', async () => {
  const guard = await guarded();
  expect(await refusal(load(guard, bob))).toMatchObject({ code: 'not-found', status: 404 });
  expect(await refusal(guard.api.model.load('Shown', bob))).toMatchObject({ code: 'not-found' });
  const nobody = Promise.resolve((guard.server.definitions as Loose).load('Shown'));
  expect(await refusal(nobody)).toMatchObject({ code: 'unauthenticated', status: 401 });
  const started = await guard.api.engine.start('Shown', {}, ann);
  expect(started.definition?.source).toBe(SOURCE);
  expect(Object.keys(started)).not.toContain('definition');
});

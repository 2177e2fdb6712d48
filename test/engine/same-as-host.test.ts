import * as bpmn from 'bpmn-server';
import { createGuard, type Guard } from 'bpmn-guard';
import { bareStage } from '../leaks/bare-stage.js';
import { ADMIN_USER, eventually } from '../support/guards.js';
import {
  boundary,
  call,
  catching,
  chain,
  element,
  end,
  listener,
  loop,
  message,
  model,
  parallel,
  type Part,
  script,
  service,
  signal,
  start,
  subProcess,
  task,
  throwing,
  timer,
} from '../support/models.js';
import { mongoUrl, onMongo } from '../support/stores.js';

type Loose = any;
/** What is done to the instance after its start: an element is invoked, a message or signal is thrown. */
type Step =
  | readonly ['invoke', string, object?]
  | readonly ['key', string, string, object?]
  | readonly ['message', string, object?]
  | readonly ['signal', string, object?]
  | readonly ['until', string];

interface Case {
  readonly parts: readonly Part[];
  readonly data?: object;
  readonly steps?: readonly Step[];
  readonly children?: Record<string, string>;
  readonly inner?: string;
}

const S = { messages: ['m', 'n'], signals: ['s'] };
const flow = (from: string, to: string, when = ''): string =>
  `<bpmn:sequenceFlow id="${from}_${to}" sourceRef="${from}" targetRef="${to}">${when === '' ? '' : `<bpmn:conditionExpression>${when}</bpmn:conditionExpression>`}</bpmn:sequenceFlow>`;
const raw = (...xml: string[]): Part => ({ id: 'raw', xml: xml.join('') });
const eventSub = (id: string, definition: string, interrupting: boolean, after: readonly Part[]): Part => {
  const begin = element('startEvent', `${id}_start`, { isInterrupting: interrupting }, definition);
  return {
    id,
    flow: false,
    xml: `<bpmn:subProcess id="${id}" triggeredByEvent="true">${chain([begin, ...after], `${id}_`)}</bpmn:subProcess>`,
  };
};

const CASES: Record<string, Case> = {
  'a chain of tasks, scripts and services': {
    parts: [start(), task('a'), script('s', 'data.s = 1'), service('v', 'note'), task('b'), end()],
    steps: [
      ['invoke', 'a', { x: 1 }],
      ['invoke', 'b', { y: 2 }],
    ],
  },
  'input and output of a task by listeners': {
    parts: [start(), task('a', {}, listener('end', 'data.out = (data.x || 0) + 1')), end()],
    steps: [['invoke', 'a', { x: 4 }]],
  },
  'an exclusive gateway': {
    parts: [
      raw(
        start().xml,
        element('exclusiveGateway', 'g').xml,
        task('a').xml,
        task('b').xml,
        end().xml,
        flow('start', 'g'),
        flow('g', 'a', '$(data.x === 1)'),
        flow('g', 'b', '$(data.x === 2)'),
        flow('a', 'end'),
        flow('b', 'end'),
      ),
    ],
    data: { x: 2 },
    steps: [['invoke', 'b']],
  },
  'an inclusive gateway': {
    parts: [
      raw(
        start().xml,
        element('inclusiveGateway', 'g').xml,
        task('a').xml,
        task('b').xml,
        task('c').xml,
        element('inclusiveGateway', 'j').xml,
        task('z').xml,
        end().xml,
        flow('start', 'g'),
        flow('g', 'a', '$(data.x > 0)'),
        flow('g', 'b', '$(data.x > 1)'),
        flow('g', 'c', '$(data.x > 5)'),
        flow('a', 'j'),
        flow('b', 'j'),
        flow('c', 'j'),
        flow('j', 'z'),
        flow('z', 'end'),
      ),
    ],
    data: { x: 2 },
    steps: [
      ['invoke', 'a'],
      ['invoke', 'b'],
      ['invoke', 'z'],
    ],
  },
  'a parallel gateway': {
    parts: [
      start(),
      parallel('p', [task('a')], [task('b'), service('v', 'note')], [script('s', 'data.s = 1')]),
      task('z'),
      end(),
    ],
    steps: [
      ['invoke', 'b'],
      ['invoke', 'a'],
      ['invoke', 'z'],
    ],
  },
  'an event-based gateway': {
    parts: [
      raw(
        start().xml,
        element('eventBasedGateway', 'g').xml,
        catching('cm', message('m')).xml,
        catching('cn', message('n')).xml,
        task('a').xml,
        task('b').xml,
        end().xml,
        flow('start', 'g'),
        flow('g', 'cm'),
        flow('g', 'cn'),
        flow('cm', 'a'),
        flow('cn', 'b'),
        flow('a', 'end'),
        flow('b', 'end'),
      ),
    ],
    steps: [
      ['message', 'n', { got: 1 }],
      ['invoke', 'b'],
    ],
  },
  'a loop back': {
    parts: [
      raw(
        start().xml,
        task('a').xml,
        element('exclusiveGateway', 'g').xml,
        end().xml,
        flow('start', 'a'),
        flow('a', 'g'),
        flow('g', 'a', '$(data.again === true)'),
        flow('g', 'end', '$(data.again !== true)'),
      ),
    ],
    steps: [
      ['invoke', 'a', { again: true }],
      ['invoke', 'a', { again: true }],
      ['invoke', 'a', { again: false }],
    ],
  },
  'a sub-process': {
    parts: [
      start(),
      subProcess('sub', [start({}, '', 'in'), task('a'), task('b'), end('out')]),
      task('z'),
      end(),
    ],
    steps: [
      ['invoke', 'a', { x: 1 }],
      ['invoke', 'b'],
      ['invoke', 'z'],
    ],
  },
  'an interrupting message on a task': {
    parts: [start(), task('a'), boundary('be', 'a', message('m'), true, [task('b'), end('e2')]), end()],
    steps: [
      ['message', 'm', { x: 1 }],
      ['invoke', 'b'],
    ],
  },
  'a message beside a task': {
    parts: [start(), task('a'), boundary('be', 'a', message('m'), false, [task('b'), end('e2')]), end()],
    steps: [
      ['message', 'm'],
      ['invoke', 'b'],
      ['invoke', 'a'],
    ],
  },
  'a signal on a sub-process': {
    parts: [
      start(),
      subProcess('sub', [start({}, '', 'in'), task('a'), end('out')]),
      boundary('be', 'sub', signal('s'), true, [task('b'), end('e2')]),
      end(),
    ],
    steps: [
      ['signal', 's'],
      ['invoke', 'b'],
    ],
  },
  'an interrupting timer on a task': {
    parts: [
      start(),
      task('a'),
      boundary('be', 'a', timer('timeDuration', 'PT1S'), true, [task('b'), end('e2')]),
      end(),
    ],
    steps: [
      ['until', 'b'],
      ['invoke', 'b'],
    ],
  },
  'a timer on the way': {
    parts: [start(), catching('c', timer('timeDuration', 'PT1S')), task('b'), end()],
    steps: [
      ['until', 'b'],
      ['invoke', 'b'],
    ],
  },
  'a parallel loop': {
    parts: [start(), task('a', {}, loop('$(data.list)')), task('z'), end()],
    data: { list: ['x', 'y'] },
    steps: [
      ['key', 'a', 'y', { v: 1 }],
      ['key', 'a', 'x', { v: 2 }],
      ['invoke', 'z'],
    ],
  },
  'a sequential loop': {
    parts: [start(), task('a', {}, loop('$(data.list)', true)), task('z'), end()],
    data: { list: ['x', 'y'] },
    steps: [
      ['key', 'a', 'x', { v: 1 }],
      ['key', 'a', 'y', { v: 2 }],
      ['invoke', 'z'],
    ],
  },
  'a loop of services': {
    parts: [start(), service('v', 'note', loop('$(data.list)')), task('z'), end()],
    data: { list: ['x', 'y', 'z'] },
    steps: [['invoke', 'z']],
  },
  'a loop of sub-processes': {
    parts: [
      start(),
      subProcess('sub', [start({}, '', 'in'), task('a'), end('out')], loop('$(data.list)')),
      task('z'),
      end(),
    ],
    data: { list: ['x', 'y'] },
    steps: [
      ['key', 'a', 'x', { v: 1 }],
      ['key', 'a', 'y', { v: 2 }],
      ['invoke', 'z'],
    ],
  },
  'an error returned by a script': {
    parts: [
      start(),
      script('s', "return { bpmnError: 'E1' }"),
      boundary('be', 's', '<bpmn:errorEventDefinition id="ed2" errorRef="err" />', true, [
        task('b'),
        end('e2'),
      ]),
      end(),
    ],
    steps: [],
  },
  'an end that terminates': {
    parts: [
      start(),
      parallel(
        'p',
        [task('a')],
        [task('b'), { ...end('kill', '<bpmn:terminateEventDefinition id="td" />') }],
      ),
      end(),
    ],
    steps: [['invoke', 'b']],
  },
  'an event sub-process with a timer': {
    parts: [
      start(),
      eventSub('es', timer('timeDuration', 'PT1S'), false, [task('b'), end('e2')]),
      task('a'),
      end(),
    ],
    steps: [
      ['until', 'b'],
      ['invoke', 'b'],
      ['invoke', 'a'],
    ],
  },
  'a called process that waits': {
    parts: [start(), call('c', 'Child'), task('z'), end()],
    children: { Child: model([start(), task('inner'), end()]) },
    steps: [
      ['invoke', 'inner', { x: 1 }],
      ['until', 'z'],
      ['invoke', 'z'],
    ],
  },
  'a standard loop': {
    parts: [
      start(),
      task(
        'a',
        {},
        listener('end', 'if (data.last) item.token.loop.end()') + '<bpmn:standardLoopCharacteristics />',
      ),
      task('z'),
      end(),
    ],
    steps: [
      ['invoke', 'a'],
      ['invoke', 'a', { last: true }],
    ],
  },
  'an escalation beside its sub-process': {
    parts: [
      start(),
      subProcess('sub', [
        start({}, '', 'in'),
        script('s', "return { escalation: 'ESC' }"),
        task('a'),
        end('out'),
      ]),
      boundary('be', 'sub', '<bpmn:escalationEventDefinition id="ed3" escalationRef="esc" />', false, [
        task('b'),
        end('e2'),
      ]),
      task('z'),
      end(),
    ],
    steps: [
      ['invoke', 'b'],
      ['invoke', 'a'],
      ['invoke', 'z'],
    ],
  },
  'a transaction that goes well': {
    parts: [
      start(),
      {
        id: 'tx',
        xml: subProcess('tx', [start({}, '', 'in'), task('a'), end('out')]).xml.replaceAll(
          'bpmn:subProcess',
          'bpmn:transaction',
        ),
      },
      task('z'),
      end(),
    ],
    steps: [
      ['invoke', 'a'],
      ['invoke', 'z'],
    ],
  },
  'a transaction that is cancelled': {
    parts: [
      start(),
      {
        id: 'tx',
        xml: subProcess('tx', [
          start({}, '', 'in'),
          task('a'),
          end('out', '<bpmn:cancelEventDefinition id="cd" />'),
        ]).xml.replaceAll('bpmn:subProcess', 'bpmn:transaction'),
      },
      boundary('be', 'tx', '<bpmn:cancelEventDefinition id="cd2" />', true, [task('b'), end('e2')]),
      end(),
    ],
    steps: [
      ['invoke', 'a'],
      ['invoke', 'b'],
    ],
  },
  'a signal thrown to oneself': {
    parts: [
      start(),
      parallel('p', [catching('c', signal('s'))], [task('a'), throwing('th', signal('s'))]),
      task('z'),
      end(),
    ],
    steps: [
      ['invoke', 'a'],
      ['until', 'z'],
      ['invoke', 'z'],
    ],
  },
};

const services = { note: async () => undefined };

/** What is stored once nothing changes any more: the host goes on with some of its work after a call. */
async function settled(load: () => Promise<Loose>): Promise<Loose> {
  const QUIET = 8;
  let [last, same] = [await load(), 0];
  await eventually(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = await load();
    same = JSON.stringify(now) === JSON.stringify(last) ? same + 1 : 0;
    last = now;
    return same >= QUIET;
  });
  return last;
}

/** One run: what became of every element, and the data. */
async function run(
  engine: Loose,
  find: (query: object) => Promise<Loose[]>,
  load: (id: string) => Promise<Loose>,
  { data = {}, steps = [] }: Case,
): Promise<unknown> {
  const { id } = await engine.start('M', data);
  const waits = async (elementId: string, more: object = {}): Promise<Loose> =>
    (await find({ 'items.elementId': elementId, 'items.status': 'wait', ...more }))[0];
  for (const [what, name, ...rest] of steps) {
    if (what === 'until') await eventually(() => waits(name));
    else if (what === 'invoke') await engine.invoke({ 'items.id': (await waits(name)).id }, rest[0] ?? {});
    else if (what === 'key')
      await engine.invoke(
        { 'items.id': (await waits(name, { 'items.itemKey': rest[0] })).id },
        rest[1] ?? {},
      );
    else if (what === 'message') await engine.throwMessage(name, rest[0] ?? {}, {});
    else await engine.throwSignal(name, rest[0] ?? {}, {});
  }
  const { status, items, data: after } = await settled(() => load(id));
  // The host's Item.endedAt of cancelled work and flows differ from run to run; what counts is where everything stands.
  return {
    status,
    items: items.map((item: Loose) => `${item.elementId}:${item.itemKey ?? ''}:${item.status}`).sort(),
    data: after,
  };
}

onMongo('Models run as on the bare host', () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const source = ({ parts, inner = '' }: Case): string =>
    model(parts, { ...S, inner }).replace(
      '</bpmn:definitions>',
      '<bpmn:error id="err" name="E" errorCode="E1" /><bpmn:escalation id="esc" name="Esc" escalationCode="ESC" /></bpmn:definitions>',
    );

  test.each(Object.entries(CASES))('%s', async (_name, one) => {
    const stage = await bareStage(bpmn, mongoUrl(), false);
    const opened: Guard[] = [];
    try {
      const sources = { M: source(one), ...one.children };
      const admin = stage.user({ userName: 'admin', userGroups: ['ADMIN'] });
      stage.server.appDelegate.getServicesProvider = async () => services;
      for (const [name, xml] of Object.entries(sources)) await stage.api.model.save(name, xml, '', admin);
      const bare = await run(
        stage.server.engine,
        (query) => stage.server.dataStore.findItems(query),
        stage.stored,
        one,
      );
      for (const env of [{}, { ENFORCE_SECURITY: 'false', REQUIRE_AUTHENTICATION: 'false' }]) {
        const guard = await createGuard({
          env,
          store: { memory: true },
          configuration: {
            appDelegate: (server: never) =>
              Object.assign(new bpmn.DefaultAppDelegate(server), {
                startUp: () => undefined,
                getServicesProvider: async () => services,
              }),
          },
        });
        opened.push(guard);
        for (const [name, xml] of Object.entries(sources))
          await guard.api.model.save(name, xml, null, ADMIN_USER);
        const { engine, data } = guard.as(ADMIN_USER);
        const ours = await run(
          engine,
          (query) => data.findItems(query as Record<string, unknown>),
          (id) => guard.store.instances.load(id),
          one,
        );
        expect(ours).toEqual(bare);
      }
      expect((bare as Loose).items.length).toBeGreaterThan(2);
    } finally {
      for (const guard of opened) await guard.close();
      await stage.close();
    }
  });
});

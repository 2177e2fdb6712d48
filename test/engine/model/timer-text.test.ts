import { checkModel } from 'bpmn-guard';
import { bpmn } from '../../../src/engine/model/host.js';
import { readingServer } from '../../../src/engine/model/source/reading-server.js';
import { readDefinition } from '../../../src/engine/model/source/read-definition.js';
import { listingStarts, secondsUntil } from '../../../src/engine/model/timer-text.js';
import { eventually, Guards, person } from '../../support/guards.js';
import { catching, element, end, model, start, task, timer } from '../../support/models.js';

type Kind = Parameters<typeof timer>[0];
const started = (kind: Kind, text: string): string => model([start({}, timer(kind, text)), task('t'), end()]);
const caught = (kind: Kind, text: string): string =>
  model([start(), catching('c', timer(kind, text)), end()]);
const inEventSubProcess = (kind: Kind, text: string): string =>
  model([
    start(),
    task('t'),
    {
      ...element(
        'subProcess',
        'late',
        { triggeredByEvent: true },
        `<bpmn:startEvent id="due">${timer(kind, text)}</bpmn:startEvent>`,
      ),
      flow: false,
    },
    end(),
  ]);

let printed: jest.SpyInstance;
beforeEach(() => (printed = jest.spyOn(console, 'log').mockImplementation(() => undefined)));
afterEach(() => printed.mockRestore());

describe('The author of a model is warned', () => {
  const NOTHING = 'The timer starts no instance. At';
  test.each<[Kind, string, string]>([
    ['timeCycle', 'every day', NOTHING],
    ['timeCycle', 'R3/xx', NOTHING],
    ['timeDuration', 'in 3 days', NOTHING],
    ['timeDuration', '$(data.after)', NOTHING],
    ['timeDate', '2040-01-01T00:00:00Z', NOTHING],
    ['timeDate', 'tomorrow', NOTHING],
    ['timeCycle', 'R/PT0S', 'The timer starts no instance: no time passes'],
    ['timeCycle', 'R5/PT0S', 'The timer starts no instance: no time passes'],
    ['timeDuration', 'P0D', 'The timer starts no instance: no time passes'],
    ['timeCycle', '0 0 30 2 *', NOTHING],
    ['timeCycle', '0 0 31 2,4 *', NOTHING],
    ['timeCycle', 'R3/PT1S', 'The repetitions are not counted'],
    ['timeCycle', 'R10/2040-01-01T00:00:00Z/PT1H', 'The repetitions are not counted'],
  ])('of a process that starts by a %s of %s', async (kind, text, means) => {
    expect(await checkModel(started(kind, text))).toEqual([
      { element: 'start', found: `${kind} ${JSON.stringify(text)}`, means: expect.stringContaining(means) },
    ]);
  });

  test.each<[Kind, string]>([
    ['timeDuration', 'in 3 days'],
    ['timeCycle', 'R3/xx'],
    ['timeCycle', 'every day'],
    ['timeDate', 'tomorrow'],
    ['timeDuration', '#{data.after}'],
  ])('of a timer within a process with a %s of %s', async (kind, text) => {
    for (const [element, source] of [
      ['c', caught(kind, text)],
      ['due', inEventSubProcess(kind, text)],
    ] as const)
      expect(await checkModel(source)).toContainEqual({
        element,
        found: `${kind} ${JSON.stringify(text)}, which is not a time`,
        means: 'An instance fails when it reaches this event.',
      });
  });

  test.each<[Kind, string]>([
    ['timeCycle', '0 0/1 * * * ?'],
    ['timeCycle', '*/2 * * * * *'],
    ['timeCycle', '* * * * *'],
    ['timeCycle', 'R/PT2S'],
    ['timeDuration', 'P10D'],
  ])('but not of a %s of %s, anywhere', async (kind, text) => {
    for (const source of [started(kind, text), caught(kind, text), inEventSubProcess(kind, text)])
      expect(await checkModel(source)).toEqual([]);
  });

  test.each<[Kind, string]>([
    ['timeCycle', 'R3/PT1S'],
    ['timeDate', '2040-01-01T00:00:00Z'],
    ['timeDate', '$(data.when)'],
    ['timeDuration', '$(data.after)'],
  ])('nor of a %s of %s within a process', async (kind, text) => {
    expect(await checkModel(caught(kind, text))).toEqual([]);
  });
});

test('nothing is printed about a text that is no time', () => {
  for (const text of ['every day', '', 'R3/xx', '* * * * *', 'PT1S']) secondsUntil(text, null);
  expect(printed).not.toHaveBeenCalled();
});

test.each(['$(data.after)', 'in 3 days', 'PT1H'])(
  'no promise that nobody waits for is left when the starts of a model are listed: %s',
  async (text) => {
    for (const source of [started('timeDuration', text), inEventSubProcess('timeDuration', text)]) {
      const { definition } = await readDefinition('M', source, readingServer());
      const data = new bpmn.BpmnModelData('M', source, null as never, null as never, null as never);
      listingStarts(definition, () => data.parse(definition as never));
      const due = await Promise.all(data.events.map(({ timeDue }) => timeDue as unknown));
      expect(due.filter((time) => time !== undefined)).toHaveLength(text === 'PT1H' ? 1 : 0);
    }
    expect(printed).not.toHaveBeenCalled();
  },
);

describe('A stored timer that can never be due', () => {
  const guards = new Guards('embedded');

  test('is shown without a time where it is a date', async () => {
    const { guard } = await guards.open();
    const { api } = guard;
    await api.model.save('M', started('timeDate', '2040-01-01T00:00:00Z'), null, person('dora', 'DESIGNER'));
    const [event] = await api.model.findEvents({ name: 'M' }, person('root', 'ADMIN'));
    expect(event?.timeDue ?? undefined).toBeUndefined();
  });

  test.each(['every day', 'R/PT0S', 'R5/PT0S', '0 0 30 2 *'])(
    'is logged, and shown without a time: %s',
    async (text) => {
      const { guard, log } = await guards.open();
      const designer = person('dora', 'DESIGNER');
      const { warnings } = await guard.api.model.save('M', started('timeCycle', text), null, designer);
      expect(warnings).toHaveLength(1);
      expect(log).toContainEqual({
        level: 'warn',
        message: 'the time of a timer cannot be read or is no span: it starts no instance',
        facts: { model: 'M', element: 'start', time: JSON.stringify(text) },
      });
      const [event] = (await guard.api.model.findEvents({}, designer)) as { timeDue?: unknown }[];
      expect(event?.timeDue ?? null).toBeNull();
    },
  );
});

describe('A cycle that is shorter than a second', () => {
  const guards = new Guards('embedded');

  test('starts instances once a second', async () => {
    const { guard } = await guards.open();
    await guard.api.model.save('M', started('timeCycle', 'R/PT0.001S'), null, person('dora', 'DESIGNER'));
    const times = new Set<number>();
    await eventually(async () => {
      const [event] = await guard.api.model.findEvents({ name: 'M' }, person('root', 'ADMIN'));
      const last = (event as { referenceDateTime?: number | null } | undefined)?.referenceDateTime;
      if (typeof last === 'number') times.add(last);
      return times.size >= 3;
    });
    const [first = 0, second = 0, third = 0] = times;
    // A timer may fire a little early.
    for (const gap of [second - first, third - second]) expect(gap).toBeGreaterThan(900);
  });
});

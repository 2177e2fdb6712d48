import express from 'express';
import { Running } from '../../express/running.js';
import { Guards, person, refusal, waitingTask } from '../../support/guards.js';
import {
  call,
  catching,
  element,
  end,
  model,
  script,
  start,
  subProcess,
  task,
  timer,
  type Part,
} from '../../support/models.js';

const NO_TIME = '<bpmn:timerEventDefinition />';
const NO_TEXT =
  '<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tExpression"> </bpmn:timeDuration></bpmn:timerEventDefinition>';
const inside = (type: string, inner: string): Part => element(type, 'x', {}, inner);
const TASK = '<bpmn:userTask id="inner" />';
const RING =
  '<bpmn:scriptTask id="a" /><bpmn:scriptTask id="b" /><bpmn:sequenceFlow id="ab" sourceRef="a" targetRef="b" />' +
  '<bpmn:sequenceFlow id="ba" sourceRef="b" targetRef="a" />';
const boundary: Part = {
  id: 'late',
  flow: false,
  xml: `<bpmn:boundaryEvent id="x" attachedToRef="next">${NO_TIME}</bpmn:boundaryEvent>`,
};

const FAULTS: readonly (readonly [what: string, parts: readonly Part[], cause: string])[] = [
  ['a sub-process without a start event', [inside('subProcess', TASK)], 'sub-process: no start event'],
  ['an empty sub-process', [inside('subProcess', '')], 'sub-process: no start event'],
  ['a transaction without a start event', [inside('transaction', TASK)], 'sub-process: no start event'],
  ['an empty ad-hoc sub-process', [inside('adHocSubProcess', '')], 'nothing that it can begin with'],
  ['an ad-hoc sub-process in a ring', [inside('adHocSubProcess', RING)], 'nothing that it can begin with'],
  ['a call of nothing', [inside('callActivity', '')], 'names no model: no calledElement'],
  ['a call of a blank name', [call('x', ' ')], 'names no model: no calledElement'],
  ['a timer without a time', [catching('x', NO_TIME)], 'a timer without a time'],
  ['a timer with an empty time', [catching('x', NO_TEXT)], 'a timer without a time'],
  ['a timer with a wrong date', [catching('x', timer('timeDate', 'soon'))], 'its timeDate is "soon"'],
  [
    'a timer with a wrong span',
    [catching('x', timer('timeDuration', '3 days'))],
    'its timeDuration is "3 days"',
  ],
  ['a timer with a wrong cycle', [catching('x', timer('timeCycle', 'often'))], 'its timeCycle is "often"'],
  [
    'a timer whose data are no span',
    [catching('x', timer('timeDuration', '$(data.missing)'))],
    'its timeDuration is "$(data.missing)"',
  ],
  ['an error without a transaction', [inside('endEvent', '<bpmn:errorEventDefinition />')], 'finds none'],
  ['a cancel without a transaction', [inside('endEvent', '<bpmn:cancelEventDefinition />')], 'finds none'],
  [
    'a timer without a time at a task',
    [task('next', { assignee: 'ann' }), boundary],
    'a timer without a time',
  ],
];

describe('A model that fails when it is run', () => {
  const guards = new Guards('embedded');
  const ann = person('ann');
  const withTask = (parts: readonly Part[]): string =>
    model([start(), task('t', { assignee: 'ann' }), ...parts, end()]);

  test.each(FAULTS)(
    'says so at its start, with the element and the cause: %s',
    async (_what, parts, cause) => {
      const guard = await guards.make({ models: { M: model([start(), ...parts, end()]) } });
      const error = await refusal(guard.api.engine.start('M', {}, ann));
      expect(error).toMatchObject({ code: 'failed', status: 500 });
      expect(error.message).toMatch(/^x: .*Nothing was stored\.$/);
      expect(error.message).toContain(cause);
      expect(await guard.store.instances.count({ filter: {} })).toBe(0);
    },
  );

  test.each(FAULTS)('says so to who completes the task before it: %s', async (_what, parts, cause) => {
    const guard = await guards.make({ models: { M: withTask(parts) } });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const { id: item } = await waitingTask(guard, 't', id);
    const error = await refusal(guard.api.tasks.complete(item, { done: 1 }, ann));
    expect([error.code, error.message]).toEqual(['failed', expect.stringContaining(cause)]);
    expect(await waitingTask(guard, 't', id)).toMatchObject({ state: 'assigned' });
    expect((await guard.store.instances.load(id))?.data).not.toHaveProperty('done');
  });

  test('says so where a called model fails, to who completes the task of the caller', async () => {
    const guard = await guards.make({
      models: {
        Caller: withTask([call('c', 'Called')]),
        Called: model([start(), inside('subProcess', ''), end()]),
      },
    });
    const { id } = await guard.api.engine.start('Caller', {}, ann);
    const { id: item } = await waitingTask(guard, 't', id);
    expect(await refusal(guard.api.tasks.complete(item, {}, ann))).toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/^x: .*no start event/) as string,
    });
  });

  test('says so where a called model has no start event', async () => {
    const guard = await guards.make({
      models: { Caller: withTask([call('c', 'Called')]), Called: model([script('s', '1'), end()]) },
    });
    const { id } = await guard.api.engine.start('Caller', {}, ann);
    const { id: item } = await waitingTask(guard, 't', id);
    expect(await refusal(guard.api.tasks.complete(item, {}, ann))).toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/^c: .*Called.*no start event/) as string,
    });
  });

  test('runs as far as it does not reach the fault', async () => {
    const guard = await guards.make({
      models: { M: withTask([subProcess('fine', [start({}, '', 's2'), end('e2')])]) },
    });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const { id: item } = await waitingTask(guard, 't', id);
    expect((await guard.api.tasks.complete(item, {}, ann)).status).toBe('end');
  });

  test('says so over HTTP, with its code and message instead of an id in the log', async () => {
    const guard = await guards.make({ models: { M: withTask([inside('subProcess', '')]) } });
    const { id } = await guard.api.engine.start('M', {}, ann);
    const { id: item } = await waitingTask(guard, 't', id);
    const app = express();
    app.use(guard.authenticate({ bearer: (token: string) => ({ userName: token, userGroups: [] }) }));
    app.use(guard.router());
    const running = await Running.start(app);
    try {
      const { status, body } = await running.send(`/api/tasks/${item}/complete`, {
        method: 'POST',
        headers: { authorization: 'Bearer ann' },
        body: {},
      });
      expect([status, body]).toEqual([
        500,
        {
          type: 'urn:bpmn-guard:error:failed',
          title: expect.any(String),
          status: 500,
          code: 'failed',
          detail: 'x: the model fails at this sub-process: no start event. Nothing was stored.',
        },
      ]);
    } finally {
      await running.stop();
    }
  });
});

import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, loop, model, script, start, task } from '../../support/models.js';

const ann = person('ann');
const guards = new Guards('embedded');

const cardinality = (text: string | undefined, isSequential: boolean): string =>
  `<bpmn:multiInstanceLoopCharacteristics${isSequential ? ' isSequential="true"' : ''}>${
    text === undefined ? '' : `<bpmn:loopCardinality>${text}</bpmn:loopCardinality>`
  }</bpmn:multiInstanceLoopCharacteristics>`;
/** A script task that counts its passes. */
const counted = (inner: string): string => {
  const { id, xml } = script('each', 'appServices.count()');
  return model([
    start(),
    { id, xml: xml.replace('</bpmn:scriptTask>', `${inner}</bpmn:scriptTask>`) },
    end(),
  ]);
};

async function run(inner: string, data: Record<string, unknown> = {}) {
  let passes = 0;
  const guard = await guards.make({
    models: { Loop: counted(inner) },
    services: { count: () => void passes++ },
  });
  const started = guard.api.engine.start('Loop', data, ann);
  const error = await started.then(
    () => undefined,
    () => refusal(started),
  );
  const stored = await guard.api.data.findInstances({}, ADMIN_USER);
  return { passes, error, ended: stored.map(({ status }) => status) };
}

describe.each([true, false])('a loop, sequential: %s', (isSequential) => {
  test.each([
    ['3', {}],
    ['$(data.many)', { many: 3 }],
  ])('with a cardinality %s and no collection has as many passes', async (text, data) => {
    expect(await run(cardinality(text, isSequential), data)).toEqual({
      passes: 3,
      error: undefined,
      ended: ['end'],
    });
  });

  test.each([
    ['neither', cardinality(undefined, isSequential)],
    ['a cardinality that is no number', cardinality('"many"', isSequential).replace('"many"', '({})')],
    ['a collection that is not there', loop('$(data.nowhere)', isSequential)],
  ])('with %s fails with a code and the element, and nothing is stored', async (_what, inner) => {
    const { error, ended } = await run(inner);
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('The loop of each') });
    expect(ended).toEqual([]);
  });
});

test('a loop of more than a few passes lets others run between those that take long, although none of them waits', async () => {
  let turn = 0;
  let isDone = false;
  const next = (): void => {
    turn++;
    if (!isDone) setImmediate(next);
  };
  const turns: number[] = [];
  const candidates = (): string => {
    turns.push(turn);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15);
    return 'ann';
  };
  const each = task('each', { candidateUsers: '$(appServices.candidates())' }, loop('$(this.data.all)'));
  const guard = await guards.make({
    models: { Loop: model([start(), each, end()]) },
    services: { candidates },
  });
  next();
  try {
    await guard.api.engine.start('Loop', { all: Array.from({ length: 20 }, (_, at) => at) }, ann);
  } finally {
    isDone = true;
  }
  expect(turns.length).toBe(20);
  // A command of few steps does not ask for a turn.
  expect(new Set(turns.slice(9)).size).toBe(11);
});

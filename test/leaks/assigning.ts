import { CLAIM, end, GROUP_TASK, loop, model, OWN_TASK, start, task } from './models';
import {
  ALICE,
  answerOf,
  BOB,
  deploy,
  EVE,
  started,
  storedItem,
  type Result,
  type Scenario,
  type Stage,
} from './stage';

/** An assignment by somebody; the item as it is stored afterwards, and the data. */
async function assigns(
  stage: Stage,
  source: string,
  who: Record<string, unknown>,
  elementId: string,
  assignment: object,
  data: object = {},
) {
  const { id } = await started(stage, source, { amount: 5 });
  const before = await storedItem(stage, id, elementId);
  const assign = await answerOf(async () => {
    const execution = await stage.api.engine.assign(
      { id, 'items.elementId': elementId },
      data,
      assignment,
      stage.user(who),
    );
    await execution.worker;
  });
  const item = await storedItem(stage, id, elementId);
  return { id, before, item, assign, data: (await stage.stored(id)).data };
}

const isTrue = ({ seen }: Result): boolean => seen === true;

/** Whether a stranger finds, and may complete, the task of an instance that alice has just started. */
async function openToAll(stage: Stage, attribute: string): Promise<Result> {
  const { id } = await started(stage, model([start('begin'), task('work', attribute), end('over')]));
  let rows: unknown[] = [];
  const list = await answerOf(
    async () => (rows = await stage.api.data.findItems({ id, 'items.elementId': 'work' }, stage.user(EVE))),
  );
  const invoke = await answerOf(() =>
    stage.api.engine.invoke({ id, 'items.elementId': 'work' }, {}, stage.user(EVE)),
  );
  return {
    seen: rows.length === 1 && invoke === 'done',
    answers: { list, invoke },
    fine: (await stage.stored(id)).items.some((item: any) => item.elementId === 'work'),
  };
}

/**
 * Alice starts a loop over the names and puts input into its first task; whether that reached what is not the
 * instance's.
 */
function pollutes(says: string, names: unknown, shared: () => object = () => Object.prototype): Scenario {
  return {
    id: 'W9',
    says,
    right: { start: 'bad-data' },
    async attack(stage) {
      await deploy(
        stage,
        'Work',
        model([
          start('begin'),
          task('work', 'camunda:candidateUsers="alice"', loop('$(this.data.names)')),
          end('over'),
        ]),
      );
      const target = shared() as { owned?: string };
      let polluted = false;
      // Taken away at once: the process has to go on.
      stage.server.listener.on('validate', () => {
        polluted ||= target.owned === 'yes';
        delete target.owned;
      });
      const begin = (of: unknown) => stage.api.engine.start('Work', { names: of }, stage.user(ALICE));
      let id: string | undefined;
      const answer = await answerOf(async () => ({ id } = await begin(names)));
      try {
        if (id !== undefined)
          await answerOf(() =>
            stage.api.engine.invoke(
              { id, 'items.elementId': 'work', 'items.status': 'wait' },
              { owned: 'yes' },
              stage.user(ALICE),
            ),
          );
      } finally {
        delete target.owned;
      }
      return {
        seen: polluted,
        answers: { start: answer },
        fine: answer === 'done' || (await begin(['one', 'two'])).status === 'running',
      };
    },
    leaked: isTrue,
  };
}

export const ASSIGNING: readonly Scenario[] = [
  {
    id: 'W5',
    says: 'an assignment sets the status of a task',
    right: { assign: 'bad-assignment' },
    async attack(stage) {
      const { item, assign } = await assigns(stage, GROUP_TASK, BOB, 'work', { status: 'end' });
      return { seen: item.status === 'end', answers: { assign }, fine: true };
    },
    leaked: isTrue,
  },
  {
    id: 'W5',
    says: 'an assignment rewrites the id of a task, who caused it and when it began',
    right: { assign: 'bad-assignment' },
    async attack(stage) {
      const { id, before, assign } = await assigns(stage, GROUP_TASK, BOB, 'work', {
        id: 'mine',
        userName: 'bob',
        startedAt: new Date(0),
        seq: 99,
      });
      const item = await storedItem(stage, id, 'work');
      return {
        seen: item.id === 'mine' && before.id !== 'mine' && item.userName === 'bob',
        answers: { assign },
        fine: true,
      };
    },
    leaked: isTrue,
  },
  {
    id: 'W5',
    says: 'a stranger writes data by an assignment to a start event',
    right: { assign: 'not-found' },
    async attack(stage) {
      const { data, assign } = await assigns(stage, OWN_TASK, EVE, 'begin', {}, { amount: 5_000_000 });
      return { seen: data.amount === 5_000_000, answers: { assign }, fine: data.amount === 5 };
    },
    leaked: isTrue,
  },
  {
    id: 'W5',
    says: 'who can only see a task writes data by assigning it',
    right: { assign: 'forbidden' },
    async attack(stage) {
      const { data, assign } = await assigns(
        stage,
        GROUP_TASK,
        BOB,
        'work',
        { priority: 1 },
        { amount: 5_000_000 },
      );
      return { seen: data.amount === 5_000_000, answers: { assign }, fine: data.amount === 5 };
    },
    leaked: isTrue,
  },
  {
    id: 'W5',
    says: 'a task that is done is assigned',
    right: { assign: 'wrong-state' },
    async attack(stage) {
      const { id } = await started(stage, CLAIM);
      await stage.api.engine.invoke({ id, 'items.elementId': 'request' }, {}, stage.user(ALICE));
      const assign = await answerOf(
        async () =>
          (
            await stage.api.engine.assign(
              { id, 'items.elementId': 'request' },
              {},
              { assignee: 'bob' },
              stage.user(ALICE),
            )
          ).worker,
      );
      return {
        seen: (await storedItem(stage, id, 'request')).assignee === 'bob',
        answers: { assign },
        fine: (await storedItem(stage, id, 'request')).status === 'end',
      };
    },
    leaked: isTrue,
  },
  ...[['a list', ['bob', 'eve']] as const, ['an object', { $gt: '' }] as const].map(
    ([what, assignee]): Scenario => ({
      id: 'W5',
      says: `${what} becomes the assignee`,
      right: { assign: 'bad-assignment' },
      async attack(stage) {
        const { item, assign } = await assigns(stage, GROUP_TASK, BOB, 'work', { assignee });
        return {
          seen: typeof item.assignee === 'object' && item.assignee !== null,
          answers: { assign },
          fine: true,
        };
      },
      leaked: isTrue,
    }),
  ),
  {
    id: 'W6',
    says: 'an assignment that failed is reported as done',
    right: { assign: 'Error' },
    async attack(stage) {
      const { id } = await started(stage, GROUP_TASK);
      stage.server.listener.on('assign', () => {
        throw new Error('not on Sundays');
      });
      const assign = await answerOf(() =>
        stage.api.engine.assign({ id, 'items.elementId': 'work' }, {}, { assignee: 'bob' }, stage.user(BOB)),
      );
      return {
        seen: assign === 'done' && (await storedItem(stage, id, 'work')).assignee !== 'bob',
        answers: { assign },
        fine: true,
      };
    },
    leaked: isTrue,
  },
  {
    id: 'W6',
    says: 'an assignment is reported as done before it is stored',
    right: { assign: 'done' },
    async attack(stage) {
      const { id } = await started(stage, GROUP_TASK);
      stage.slowDown();
      const assign = await answerOf(() =>
        stage.api.engine.assign({ id, 'items.elementId': 'work' }, {}, { assignee: 'bob' }, stage.user(BOB)),
      );
      return {
        seen: (await storedItem(stage, id, 'work')).assignee !== 'bob',
        answers: { assign },
        fine: true,
      };
    },
    leaked: isTrue,
  },
  pollutes('a loop over a collection from data writes input onto every object of the process', ['__proto__']),
  pollutes('so does one whose collection is an object with a length', { length: 1, 0: '__proto__' }),
  pollutes('so does one whose entry the host takes brackets out of', ['__pro[]to__']),
  pollutes(
    'so does one onto a function that all objects share',
    ['toString'],
    () => Object.prototype.toString,
  ),
  pollutes('so does one onto what all constructors share', ['constructor.prototype']),
  {
    id: 'W13',
    says: 'an assignee expression that comes to nothing opens the task to everyone',
    right: { list: 'done', invoke: 'not-found' },
    attack: (stage) => openToAll(stage, 'camunda:assignee="$(this.data.nobody)"'),
    leaked: isTrue,
  },
  {
    id: 'W13',
    says: 'a candidate expression that comes to nothing opens the task to everyone',
    right: { list: 'done', invoke: 'not-found' },
    attack: (stage) => openToAll(stage, 'camunda:candidateGroups="$(this.data.nobody)"'),
    leaked: isTrue,
  },
];

import {
  AT_ONCE,
  call,
  CANCELLABLE,
  caught,
  end,
  GROUP_TASK,
  message,
  model,
  OPEN_TASK,
  OWN_TASK,
  start,
  task,
} from './models';
import {
  ADMIN,
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

/** Somebody invokes an element of alice's instance; whether it ended by that. */
async function invokes(
  stage: Stage,
  source: string,
  elementId: string,
  who: Record<string, unknown>,
  prepare: (id: string) => Promise<unknown> = async () => undefined,
): Promise<Result> {
  const { id } = await started(stage, source);
  await prepare(id);
  const invoke = await answerOf(() =>
    stage.api.engine.invoke({ id, 'items.elementId': elementId }, { by: who.userName }, stage.user(who)),
  );
  const item = await storedItem(stage, id, elementId);
  const ended = item.status === 'end';
  return { seen: { ended, by: (await stage.stored(id)).data.by }, answers: { invoke }, fine: true };
}

const ended = ({ seen }: Result): boolean => (seen as { ended: boolean }).ended;
const assignTo = (stage: Stage, who: string) => (id: string) =>
  stage.api.engine.assign(
    { id, 'items.elementId': 'work', 'items.status': 'wait' },
    {},
    { assignee: who },
    stage.user(ADMIN),
  );

/** Alice's claim, completed by alice, so that only the end event has a token left on it. */
async function over(stage: Stage): Promise<{ id: string; event: string }> {
  const { id } = await started(stage, OWN_TASK, { amount: 5 });
  await stage.api.engine.invoke({ id, 'items.elementId': 'work' }, {}, stage.user(ALICE));
  const { items, status } = await stage.stored(id);
  if (status !== 'end') throw new Error('the instance has not ended');
  return { id, event: items.find((item: any) => item.elementId === 'over').id };
}

const changedAmount = ({ seen }: Result): boolean => seen === 5_000_000;

export const EXECUTING: readonly Scenario[] = [
  {
    id: 'W1',
    says: 'a member of a candidate group completes a task without having it',
    right: { invoke: 'forbidden' },
    attack: (stage) => invokes(stage, GROUP_TASK, 'work', BOB),
    leaked: ended,
  },
  {
    id: 'W1',
    says: 'a candidate completes a task that is assigned to somebody else',
    right: { invoke: 'forbidden' },
    attack: (stage) => invokes(stage, GROUP_TASK, 'work', BOB, assignTo(stage, 'alice')),
    leaked: ended,
  },
  {
    id: 'W1',
    says: 'anybody completes a task that the model restricts to nobody',
    right: { invoke: 'forbidden' },
    attack: (stage) => invokes(stage, OPEN_TASK, 'work', EVE),
    leaked: ended,
  },
  {
    id: 'W2',
    says: 'a stranger pushes a boundary event and so cancels a task',
    right: { invoke: 'not-found' },
    attack: (stage) => invokes(stage, CANCELLABLE, 'stop', EVE),
    leaked: ended,
  },
  {
    id: 'W2',
    says: 'who may read the instance pushes its boundary event',
    right: { invoke: 'forbidden' },
    attack: (stage) => invokes(stage, CANCELLABLE, 'stop', ALICE),
    leaked: ended,
  },
  {
    id: 'W2',
    says: 'a stranger pushes an event that waits for a message',
    right: { invoke: 'not-found' },
    attack: (stage) =>
      invokes(
        stage,
        model([start('begin'), caught('paid', 'paid'), end('over')], { roots: message('paid') }),
        'paid',
        EVE,
      ),
    leaked: ended,
  },
  {
    id: 'W2',
    says: 'a stranger pushes a call activity past the process that it called',
    right: { invoke: 'not-found' },
    async attack(stage) {
      await deploy(stage, 'Called', OWN_TASK);
      return invokes(stage, model([start('begin'), call('called', 'Called'), end('over')]), 'called', EVE);
    },
    leaked: ended,
  },
  {
    id: 'W3',
    says: 'a stranger overwrites the data of an ended instance through its end event',
    right: { invoke: 'not-found' },
    async attack(stage) {
      const { id, event } = await over(stage);
      const invoke = await answerOf(() =>
        stage.api.engine.invoke({ 'items.id': event }, { amount: 5_000_000 }, stage.user(EVE)),
      );
      return {
        seen: (await stage.stored(id)).data.amount,
        answers: { invoke },
        fine: (await stage.stored(id)).status === 'end',
      };
    },
    leaked: changedAmount,
  },
  {
    id: 'W3',
    says: 'who may read the instance overwrites the data of an element that is done',
    right: { invoke: 'forbidden', administrator: 'wrong-state' },
    async attack(stage) {
      const { id, event } = await over(stage);
      const invoke = await answerOf(() =>
        stage.api.engine.invoke({ 'items.id': event }, { amount: 5_000_000 }, stage.user(ALICE)),
      );
      const administrator = await answerOf(() =>
        stage.api.engine.invoke({ 'items.id': event }, { amount: 5_000_000 }, stage.user(ADMIN)),
      );
      return { seen: (await stage.stored(id)).data.amount, answers: { invoke, administrator }, fine: true };
    },
    leaked: changedAmount,
  },
  {
    id: 'W3',
    says: 'the options recover and restart run an element a second time',
    right: { recover: 'bad-option', restart: 'bad-option' },
    async attack(stage) {
      const { event } = await over(stage);
      let runs = 0;
      stage.server.listener.on(
        'end',
        ({ context }: any) => (runs += context.item.elementId === 'over' ? 1 : 0),
      );
      const again = (option: string) =>
        answerOf(() =>
          stage.api.engine.invoke({ 'items.id': event }, {}, stage.user(EVE), { [option]: true }),
        );
      return {
        answers: { recover: await again('recover'), restart: await again('restart') },
        seen: runs,
        fine: true,
      };
    },
    leaked: ({ seen }) => (seen as number) > 0,
  },
  {
    id: 'W4',
    says: 'the start option parentItemId completes the task of somebody else',
    right: { start: 'bad-option' },
    async attack(stage) {
      const { id } = await started(stage, OWN_TASK);
      const work = await storedItem(stage, id, 'work');
      await deploy(stage, 'Once', AT_ONCE);
      const start = await answerOf(() =>
        stage.api.engine.start('Once', { approved: true }, stage.user(EVE), { parentItemId: work.id }),
      );
      // The host does not wait for what it does to the parent.
      for (let left = start === 'done' ? 2400 : 40; left > 0; left--) {
        if ((await storedItem(stage, id, 'work')).status === 'end') break;
        await new Promise((resolve) => setTimeout(resolve, start === 'done' ? 25 : 1));
      }
      return {
        seen: { ended: (await storedItem(stage, id, 'work')).status === 'end' },
        answers: { start },
        fine: (await stage.api.data.findItems({ 'items.id': work.id }, stage.user(ALICE))).length === 1,
      };
    },
    leaked: ended,
  },
  {
    id: 'W8',
    says: 'who completes the first task rewrites the initiator and so chooses who is next',
    right: { complete: 'protected-variable' },
    async attack(stage) {
      const source = model([
        start('begin', 'camunda:initiator="requester"'),
        task('request', 'camunda:assignee="$(this.data.requester)"'),
        task('confirm', 'camunda:assignee="$(this.data.requester)"'),
        end('over'),
      ]);
      const { id } = await started(stage, source);
      const complete = await answerOf(() =>
        stage.api.engine.invoke(
          { id, 'items.elementId': 'request' },
          { requester: 'eve' },
          stage.user(ALICE),
        ),
      );
      const taken = (await storedItem(stage, id, 'confirm'))?.assignee;
      await answerOf(() =>
        stage.api.engine.invoke({ id, 'items.elementId': 'request' }, { reason: 'sun' }, stage.user(ALICE)),
      );
      return {
        seen: taken,
        answers: { complete },
        fine: complete === 'done' || (await storedItem(stage, id, 'confirm')).assignee === 'alice',
      };
    },
    leaked: ({ seen }) => seen === 'eve',
  },
];

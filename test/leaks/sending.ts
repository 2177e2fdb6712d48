import {
  call,
  CANCELLABLE,
  caught,
  CLAIM,
  end,
  flow,
  message,
  messageEvent,
  model,
  OPEN_TASK,
  OWN_TASK,
  signal,
  signalEvent,
  start,
  task,
} from './models';
import {
  ADMIN,
  ALICE,
  answerOf,
  deploy,
  EVE,
  started,
  storedItem,
  type Result,
  type Scenario,
  type Stage,
} from './stage';

const isTrue = ({ seen }: Result): boolean => seen === true;
const INITIATOR = 'camunda:initiator="requester"';
const OWN = 'camunda:assignee="$(this.data.requester)"';
const WAITS = model([start('begin'), caught('paid', 'paid'), end('over')], { roots: message('paid') });
const SIGNALLED = model(
  [
    start('begin'),
    '<bpmn:intermediateCatchEvent id="alarm" name="alarm">' +
      signalEvent('alarm') +
      '</bpmn:intermediateCatchEvent>',
    end('over'),
  ],
  { roots: signal('alarm') },
);
/** A second start event, with a task of its own. */
const TWO_STARTS = model([start('begin'), task('work', 'camunda:assignee="alice"'), end('over')], {
  beside:
    start('second') +
    task('more', 'camunda:candidateUsers="alice"') +
    flow('second', 'more') +
    flow('more', 'over'),
});

/** Alice's instance waits; whether what is sent ends the element that waits. */
async function sent(
  stage: Stage,
  source: string,
  elementId: string,
  send: () => Promise<unknown>,
  answers: string,
): Promise<Result> {
  const { id } = await started(stage, source);
  const waited = (await storedItem(stage, id, elementId)).status === 'wait';
  const answer = await answerOf(send);
  return {
    seen: (await storedItem(stage, id, elementId)).status === 'end',
    answers: { [answers]: answer },
    fine: waited,
  };
}

/** The names that stand on an instance: in the variable of the initiator, and on the task. */
async function names(
  stage: Stage,
  instanceId: string,
  right: string,
  answers: Record<string, string>,
): Promise<Result> {
  const { data } = await stage.stored(instanceId);
  const { userName, assignee } = await storedItem(stage, instanceId, 'work');
  return { seen: { requester: data.requester, assignee, userName, right }, answers, fine: true };
}
const wrongName = ({ seen }: Result): boolean =>
  (seen as any).requester !== (seen as any).right || (seen as any).assignee !== (seen as any).right;

export const SENDING: readonly Scenario[] = [
  {
    id: 'W7',
    says: 'a message from nobody moves an instance on',
    right: { send: 'unauthenticated' },
    attack: (stage) =>
      sent(stage, WAITS, 'paid', () => stage.api.engine.throwMessage('paid', {}, {}), 'send'),
    leaked: isTrue,
  },
  {
    id: 'W7',
    says: 'a message from a stranger moves an instance on',
    right: { send: 'not-found' },
    attack: (stage) =>
      sent(
        stage,
        WAITS,
        'paid',
        () => stage.api.engine.throwMessage('paid', {}, {}, stage.user(EVE)),
        'send',
      ),
    leaked: isTrue,
  },
  {
    id: 'W7',
    says: 'a message from a stranger cancels a task through its boundary event',
    right: { send: 'not-found' },
    attack: (stage) =>
      sent(
        stage,
        CANCELLABLE,
        'work',
        () => stage.api.engine.throwMessage('stop', {}, {}, stage.user(EVE)),
        'send',
      ),
    leaked: isTrue,
  },
  {
    id: 'W7',
    says: 'a signal from a stranger moves an instance on',
    right: { send: 'not-found' },
    attack: (stage) =>
      sent(
        stage,
        SIGNALLED,
        'alarm',
        () => stage.api.engine.throwSignal('alarm', {}, {}, stage.user(EVE)),
        'send',
      ),
    leaked: isTrue,
  },
  {
    id: 'W7',
    says: 'a signal from nobody moves an instance on',
    right: { send: 'unauthenticated' },
    attack: (stage) =>
      sent(stage, SIGNALLED, 'alarm', () => stage.api.engine.throwSignal('alarm', {}, {}), 'send'),
    leaked: isTrue,
  },
  {
    id: 'W7',
    says: 'a stranger starts a second event in an instance of others',
    right: { stranger: 'not-found', starter: 'forbidden' },
    async attack(stage) {
      const { id } = await started(stage, TWO_STARTS);
      const stranger = await answerOf(() => stage.api.engine.startEvent(id, 'second', {}, stage.user(EVE)));
      const seen = (await storedItem(stage, id, 'more')) !== undefined;
      const starter = await answerOf(() => stage.api.engine.startEvent(id, 'second', {}, stage.user(ALICE)));
      return { seen, answers: { stranger, starter }, fine: true };
    },
    leaked: isTrue,
  },
  {
    id: 'W7',
    says: 'a stranger restarts an instance that has ended',
    right: { stranger: 'not-found', participant: 'forbidden' },
    async attack(stage) {
      const { id } = await started(stage, OWN_TASK);
      await stage.api.engine.invoke({ id, 'items.elementId': 'work' }, {}, stage.user(ALICE));
      const { id: itemId } = await storedItem(stage, id, 'work');
      const begun: string[] = [];
      stage.server.listener.on('process.invoke', () => begun.push('invoke'));
      const stranger = await answerOf(() =>
        stage.api.engine.restart({ 'items.id': itemId }, { amount: 1 }, stage.user(EVE)),
      );
      const seen = begun.length > 0;
      const participant = await answerOf(() =>
        stage.api.engine.restart({ 'items.id': itemId }, {}, stage.user(ALICE)),
      );
      return { seen, answers: { stranger, participant }, fine: true };
    },
    leaked: isTrue,
  },
  {
    id: 'W7',
    says: 'a stranger puts another model under running instances',
    right: { upgrade: 'forbidden' },
    async attack(stage) {
      const { id } = await started(stage, CLAIM);
      await deploy(stage, 'Work', OPEN_TASK);
      const upgrade = await answerOf(() => stage.api.engine.upgrade('Work', [], stage.user(EVE)));
      return {
        seen: (await stage.stored(id)).source === OPEN_TASK,
        answers: { upgrade },
        fine: (await stage.stored(id)).id === id,
      };
    },
    leaked: isTrue,
  },
  {
    id: 'W12',
    says: 'whom a message starts is the id of the start event',
    right: { send: 'done' },
    async attack(stage) {
      await deploy(
        stage,
        'Hire',
        model([start('hired', INITIATOR, messageEvent('hire')), task('work', OWN), end('over')], {
          roots: message('hire'),
        }),
      );
      let id = '';
      const send = await answerOf(
        async () => ({ id } = await stage.api.engine.throwMessage('hire', {}, {}, stage.user(ALICE))),
      );
      return names(stage, id, 'alice', { send });
    },
    leaked: wrongName,
  },
  {
    id: 'W12',
    says: 'a signal starts an instance for nobody',
    right: { send: 'done' },
    async attack(stage) {
      await deploy(
        stage,
        'Fire',
        model([start('fired', INITIATOR, signalEvent('fire')), task('work', OWN), end('over')], {
          roots: signal('fire'),
        }),
      );
      let id = '';
      const send = await answerOf(
        async () =>
          ([id] = (await stage.api.engine.throwSignal('fire', {}, {}, stage.user(ALICE))) as [string]),
      );
      return names(stage, id, 'alice', { send });
    },
    leaked: wrongName,
  },
  {
    id: 'W12',
    says: 'a called process is started by nobody',
    right: { start: 'done' },
    async attack(stage) {
      await deploy(stage, 'Called', model([start('begin', INITIATOR), task('work', OWN), end('over')]));
      let called = '';
      stage.server.listener.on(
        'process.start',
        ({ context }: any) => (called = context.name === 'Called' ? context.id : called),
      );
      const begin = await answerOf(() =>
        started(stage, model([start('begin'), call('called', 'Called'), end('over')])),
      );
      return names(stage, called, 'alice', { start: begin });
    },
    leaked: wrongName,
  },
  {
    id: 'W12',
    says: 'a second start event is begun by nobody',
    right: { begin: 'done' },
    async attack(stage) {
      const { id } = await started(stage, TWO_STARTS);
      const begin = await answerOf(() => stage.api.engine.startEvent(id, 'second', {}, stage.user(ADMIN)));
      return {
        seen: (await storedItem(stage, id, 'second')).userName !== 'admin',
        answers: { begin },
        fine: (await storedItem(stage, id, 'more')).status === 'wait',
      };
    },
    leaked: isTrue,
  },
];

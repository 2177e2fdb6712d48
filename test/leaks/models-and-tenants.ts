import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AT_ONCE, caught, CLAIM, end, message, model, OPEN_TASK, OWN_TASK, start, task } from './models';
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
} from './stage';

const isTrue = ({ seen }: Result): boolean => seen === true;

const ACME = { tenantId: 'acme', modelsOwner: 'acme' };
const OTHER = { tenantId: 'other', modelsOwner: 'other' };
const ACME_ADMIN = { ...ADMIN, ...ACME };
const ACME_ALICE = { ...ALICE, ...ACME };
const OTHER_EVE = { ...EVE, ...OTHER };
const OTHER_ADMIN = { userName: 'boss', userGroups: ['ADMIN'], ...OTHER };

/**
 * Whether the second of two ids, drawn one after the other, can be told from the first: it is the first,
 * moved by a byte.
 */
function follows(before: string, after: string): boolean {
  const [a, b] = [before, after].map((id) =>
    id
      .replaceAll('-', '')
      .match(/../g)!
      .map((byte) => parseInt(byte, 16)),
  ) as [number[], number[]];
  const masks = [255, 255, 255, 255, 255, 15, 255, 63, 255, 255, 255, 255, 255, 255, 255];
  const versioned = (at: number) => (at === 6 ? 15 : at === 8 ? 63 : 255);
  return masks.every(
    (mask, at) =>
      (((a[at + 1] as number) ^ (b[at] as number)) & mask & versioned(at) & versioned(at + 1)) === 0,
  );
}

const starts = (id: string, says: string, source: string, right: Record<string, string>): Scenario => ({
  id,
  says,
  right,
  async attack(stage) {
    await deploy(stage, 'Work', source);
    const begin = await answerOf(() => stage.api.engine.start('Work', {}, stage.user(EVE)));
    return {
      seen: begin === 'done',
      answers: { start: begin },
      fine: (await answerOf(() => stage.api.engine.start('Work', {}, stage.user(BOB)))) === 'done',
    };
  },
  leaked: isTrue,
});

export const MODELS_AND_TENANTS: readonly Scenario[] = [
  starts(
    'W10',
    'anybody starts a process whose start event names candidate groups',
    model([start('begin', 'camunda:candidateGroups="hr"'), task('work'), end('over')]),
    { start: 'not-found' },
  ),
  starts(
    'W10',
    'anybody starts a process that names who may start it',
    model([start('begin'), task('work'), end('over')], {
      process: 'camunda:candidateStarterUsers="bob, carol"',
    }),
    { start: 'not-found' },
  ),
  {
    id: 'W10',
    says: 'a list of groups on a start event hides it from everybody',
    right: { list: 'done' },
    async attack(stage) {
      await deploy(
        stage,
        'Work',
        model([start('begin', 'camunda:candidateGroups="hr, it"'), task('work'), end('over')]),
      );
      let events: any[] = [];
      const list = await answerOf(
        async () => (events = await stage.api.model.findStartEvents({}, stage.user(BOB))),
      );
      const stranger = await stage.api.model.findStartEvents({}, stage.user(EVE));
      return { seen: events.length === 0, answers: { list }, fine: stranger.length === 0 };
    },
    leaked: isTrue,
  },
  {
    id: 'W11',
    files: true,
    says: 'a model name with ../ reads and starts files outside the models folder',
    right: { source: 'bad-model', start: 'bad-model' },
    async attack(stage) {
      writeFileSync(path.join(stage.folder, 'secret.bpmn'), OPEN_TASK);
      let source = '';
      const read = await answerOf(
        async () => (source = await stage.api.model.getSource('../secret', stage.user(EVE))),
      );
      const begin = await answerOf(() => stage.api.engine.start('../secret', {}, stage.user(EVE)));
      return {
        seen: source === OPEN_TASK && begin === 'done',
        answers: { source: read, start: begin },
        fine: true,
      };
    },
    leaked: isTrue,
  },
  {
    id: 'W11',
    files: true,
    says: 'a model name with ../ writes files outside the models folder',
    right: { save: 'bad-model', rename: 'bad-model' },
    async attack(stage) {
      await deploy(stage, 'Work', OPEN_TASK);
      const save = await answerOf(() => deploy(stage, '../written', OPEN_TASK));
      const rename = await answerOf(() => stage.api.model.rename('Work', '../renamed', stage.user(ADMIN)));
      for (
        let waited = 0;
        waited < 2400 && save === 'done' && !existsSync(path.join(stage.folder, 'written.bpmn'));
        waited++
      )
        await new Promise((resolve) => setTimeout(resolve, 25));
      return {
        seen: existsSync(path.join(stage.folder, 'written.bpmn')),
        answers: { save, rename },
        fine: true,
      };
    },
    leaked: isTrue,
  },
  {
    id: 'W14',
    says: 'who belongs to a tenant does not see what she started herself',
    right: { list: 'done' },
    async attack(stage) {
      await deploy(stage, 'Work', OWN_TASK, ACME_ADMIN);
      const { id } = await stage.api.engine.start('Work', {}, stage.user(ACME_ALICE));
      let rows: any[] = [];
      const list = await answerOf(
        async () =>
          (rows = await stage.api.data.findItems({ id, 'items.elementId': 'work' }, stage.user(ACME_ALICE))),
      );
      const elsewhere = await stage.api.data.findItems(
        { id, 'items.elementId': 'work' },
        stage.user({ ...ALICE, ...OTHER }),
      );
      return { seen: rows.length === 0, answers: { list }, fine: elsewhere.length === 0 };
    },
    leaked: isTrue,
  },
  {
    id: 'W14',
    says: 'the model of another tenant is started and read',
    right: { start: 'not-found', source: 'not-found', load: 'not-found' },
    async attack(stage) {
      await deploy(stage, 'Work', OPEN_TASK, ACME_ADMIN);
      const user = stage.user(OTHER_EVE);
      const { engine, model: models } = stage.api;
      const answers = {
        start: await answerOf(() => engine.start('Work', {}, user)),
        source: await answerOf(() => models.getSource('Work', user)),
        load: await answerOf(() => models.load('Work', user)),
      };
      return {
        seen: Object.values(answers).every((answer) => answer === 'done'),
        answers,
        fine: (await answerOf(() => engine.start('Work', {}, stage.user(ACME_ALICE)))) === 'done',
      };
    },
    leaked: isTrue,
  },
  {
    id: 'W14',
    says: 'an administrator of one tenant deletes the model of another',
    right: { delete: 'not-found', rename: 'not-found' },
    async attack(stage) {
      await deploy(stage, 'Work', AT_ONCE, ACME_ADMIN);
      const { model: models } = stage.api;
      const rename = await answerOf(() => models.rename('Work', 'Mine', stage.user(OTHER_ADMIN)));
      await answerOf(() => models.rename('Mine', 'Work', stage.user(OTHER_ADMIN)));
      const remove = await answerOf(() => models.delete('Work', stage.user(OTHER_ADMIN)));
      const left = await models.list({}, stage.user(ACME_ADMIN));
      return {
        seen: rename === 'done' && left.length === 0,
        answers: { delete: remove, rename },
        fine: true,
      };
    },
    leaked: isTrue,
  },
  {
    id: 'W14',
    says: 'a message crosses from one tenant to another',
    right: { send: 'not-found' },
    async attack(stage) {
      await deploy(
        stage,
        'Work',
        model([start('begin'), caught('paid', 'paid'), end('over')], { roots: message('paid') }),
        ACME_ADMIN,
      );
      const { id } = await stage.api.engine.start('Work', {}, stage.user(ACME_ALICE));
      const send = await answerOf(() =>
        stage.api.engine.throwMessage('paid', {}, {}, stage.user(OTHER_ADMIN)),
      );
      return { seen: (await storedItem(stage, id, 'paid')).status === 'end', answers: { send }, fine: true };
    },
    leaked: isTrue,
  },
  {
    id: 'W15',
    alone: true,
    says: 'a switch that was off for a moment leaves the rules off for good',
    right: { list: 'done' },
    async attack(stage) {
      const { id } = await started(stage, CLAIM, { salary: 5000 });
      const before = (await stage.api.data.findItems({ id, 'items.elementId': 'request' }, stage.user(EVE)))
        .length;
      process.env.ENFORCE_SECURITY = 'false';
      stage.user(EVE);
      delete process.env.ENFORCE_SECURITY;
      let rows: any[] = [];
      const list = await answerOf(
        async () =>
          (rows = await stage.api.data.findItems({ id, 'items.elementId': 'request' }, stage.user(EVE))),
      );
      return {
        seen: before === 0 && rows.length === 1,
        answers: { list },
        fine:
          (await stage.api.data.findItems({ id, 'items.elementId': 'request' }, stage.user(ALICE))).length ===
          1,
      };
    },
    leaked: isTrue,
  },
  {
    id: 'W16',
    says: 'from one id the next is told',
    right: {},
    async attack(stage) {
      const { id } = await started(
        stage,
        model([start('begin'), task('a', 'camunda:assignee="alice"'), end('over')]),
      );
      const { items } = await stage.stored(id);
      const ids: string[] = items.sort((a: any, b: any) => a.seq - b.seq).map((item: any) => item.id);
      const told = ids.slice(1).filter((next, at) => follows(ids[at] as string, next)).length;
      const random =
        [id, ...ids].every((each) =>
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(each),
        ) && new Set(ids).size === ids.length;
      return { seen: told > 0, answers: {}, fine: ids.length >= 3 && random };
    },
    leaked: isTrue,
  },
];

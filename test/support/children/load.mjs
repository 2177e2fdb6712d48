// Works on a store until it is killed, and says on its standard output what was acknowledged, one JSON text a line.
import { createGuard, openStore, SecureUser } from 'bpmn-guard';
import { DefaultAppDelegate } from 'bpmn-server';

console.log = () => undefined;
const { store: where, mode, clients = 8, model, command, moment, nth } = JSON.parse(process.argv[2]);
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Delegate extends DefaultAppDelegate {
  async getServicesProvider() {
    return { pause: () => pause(10), slow: () => pause(60_000) };
  }
  startUp() {}
}

/** A store that kills the process at the given moment: before a write, or when it is done. */
async function deadly(when) {
  const store = await openStore(where);
  const watch =
    (name) =>
    async (...args) => {
      if (when(name, args)) process.kill(process.pid, 'SIGKILL');
      const answer = await store.instances[name](...args);
      if (when(`${name}d`, args)) process.kill(process.pid, 'SIGKILL');
      return answer;
    };
  return { ...store, instances: { ...store.instances, insert: watch('insert'), update: watch('update') } };
}

const admin = new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] });
const deadlyWhen = { last: () => false };
const guard = await createGuard({
  env: {},
  store: mode.startsWith('die') ? await deadly((...args) => deadlyWhen.last(...args)) : where,
  configuration: { appDelegate: (server) => new Delegate(server) },
});
const { engine, data, tasks } = guard.as(admin);
const waiting = async (id, elementId) =>
  (await data.findItems({ id, 'items.elementId': elementId, 'items.status': 'wait' }))[0];

async function client() {
  for (;;) {
    const { id } = await engine.start(model);
    say({ id, step: 'started' });
    await tasks.complete((await waiting(id, 'a')).id, { a: id });
    say({ id, step: 'a' });
    await tasks.complete((await waiting(id, 'b')).id, { b: id });
    say({ id, step: 'b' });
  }
}

async function dieCalling(when) {
  const { id } = await engine.start(model);
  const { id: first } = await waiting(id, 'first');
  deadlyWhen.last = when(id);
  say({ id });
  await tasks.complete(first, {});
}

/** Dies when a write of the command reaches the store: of the instance, of one that it has called, or a new one. */
async function dieDuring(when, act, prepare = () => undefined) {
  const { id } = await engine.start(model);
  const [child] = await data.findItems({ 'items.elementId': 'inner', 'items.status': 'wait' });
  await prepare(id);
  deadlyWhen.last = when(id, child.instanceId);
  say({ id, child: child.instanceId, item: child.id });
  await act(id);
}
const ofItself =
  (id) =>
  (name, [target]) =>
    name === 'update' && target === id;
const ofCalled =
  (_id, child) =>
  (name, [target]) =>
    name === 'update' && target === child;
const ofNew = () => (name) => name === 'insert';

/** What must have been done to a task before a command on it is possible. */
const BEFORE = {
  reject: [],
  undoReject: ['reject'],
  escalate: ['take'],
  suspend: ['take'],
  resume: ['take', 'suspend'],
};

/** Dies at a moment of the command: at the write of the instance with that number. */
async function dieAt(prepare, act) {
  const { id } = await engine.start(model);
  const { id: item } = await waiting(id, 'given');
  await prepare(item, id);
  let left = nth;
  deadlyWhen.last = (name, [target]) => name === moment && target === id && --left === 0;
  say({ id, item });
  await act(item, id);
}
const candidate = guard.as(new SecureUser({ userName: 'kim' })).tasks;

const MODES = {
  dieOnTask: () =>
    dieAt(
      async (item) => {
        for (const done of BEFORE[command]) await candidate[done](item);
      },
      (item) => candidate[command](item),
    ),
  dieAddingTask: () =>
    dieAt(
      () => undefined,
      (_item, id) => engine.addTask(id, { name: 'More', assignee: 'admin' }),
    ),
  dieTerminatingFirst: () => dieDuring(ofItself, (id) => engine.terminate(id)),
  dieResuming: () =>
    dieDuring(
      ofCalled,
      (id) => engine.resume(id),
      (id) => engine.suspend(id),
    ),
  dieSuspending: () => dieDuring(ofCalled, (id) => engine.suspend(id)),
  dieTerminating: () => dieDuring(ofCalled, (id) => engine.terminate(id)),
  dieMigrating: () => dieDuring(ofItself, (id) => engine.migrate(id, model)),
  dieAdding: () => dieDuring(ofItself, (id) => engine.addProcess(id, 'Inner')),
  dieAdded: () => dieDuring(ofNew, (id) => engine.addProcess(id, 'Inner')),
  load: () => Promise.all(Array.from({ length: clients }, client)),
  async startNoWait() {
    const { id } = await engine.start(model, { x: 1 }, { noWait: true });
    say({ id });
  },
  async invokeNoWait() {
    const { id } = await engine.start(model);
    const { id: item } = await waiting(id, 'a');
    const view = await engine.invoke({ 'items.id': item }, { answer: 42 }, { noWait: true });
    say({ id, item, status: view.item.status });
  },
  /** Dies when the called process that ended is stored, and its caller is not. */
  async dieBetween() {
    const { id } = await engine.start(model);
    const [child] = await data.findItems({ 'items.elementId': 'inner', 'items.status': 'wait' });
    deadlyWhen.last = (name, [target]) => name === 'update' && target === id;
    say({ id, child: child.instanceId });
    await tasks.complete(child.id, { answer: 42 });
  },
  /** Dies before a caller is stored. */
  dieBefore: () =>
    dieCalling(
      (id) =>
        (name, [target]) =>
          name === 'update' && target === id,
    ),
  /** Dies when it is stored, before what it has called is. */
  dieHalfway: () => dieCalling(() => (name) => name === 'insert'),
};
await MODES[mode]();
setInterval(() => undefined, 1000);

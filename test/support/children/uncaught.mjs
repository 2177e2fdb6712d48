// What becomes of errors that nothing catches; says one JSON text a line.
import { createServer } from 'node:http';
import { createGuard, SecureUser } from 'bpmn-guard';
import { DefaultAppDelegate } from 'bpmn-server';

console.log = () => undefined;
const { mode, models = {}, store = { memory: true }, listens = false } = JSON.parse(process.argv[2]);
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const admin = new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] });
const FOREIGN = {
  rejection: () => void Promise.reject(new Error('a foreign rejection')),
  timer: () =>
    void setTimeout(() => {
      throw new Error('a foreign throw');
    }, 1),
};

if (mode.startsWith('imported:')) {
  FOREIGN[mode.slice('imported:'.length)]();
  await pause(500);
  say({ alive: true });
}

class Delegate extends DefaultAppDelegate {
  async getServicesProvider() {
    return {
      forgets: () =>
        void (async () => {
          await pause(5);
          throw new TypeError('a service forgot');
        })(),
      calls: (_input, { item }) =>
        void guard.as(new SecureUser({ userName: 'eve' })).engine.invoke({ 'items.id': item.id }, {}),
    };
  }
  startUp() {}
}

const log = [];
const note = (message, facts) => log.push({ message, ...facts });
if (listens) {
  process.on('unhandledRejection', () => process.exit(3));
  process.on('uncaughtException', () => process.exit(4));
}
const guard = await createGuard(
  mode === 'badStart'
    ? { env: {} }
    : {
        env: {},
        store,
        configuration: { appDelegate: (server) => new Delegate(server) },
        logger: { info: note, warn: note, error: note },
      },
);
for (const [name, source] of Object.entries(models)) await guard.api.model.save(name, source, null, admin);

if (mode.startsWith('guarded:')) {
  FOREIGN[mode.slice('guarded:'.length)]();
  await pause(500);
  say({ alive: true });
}
if (mode === 'closed') {
  await guard.close();
  FOREIGN.rejection();
  await pause(500);
}
/** Each model leaves something behind; what is known of it then. */
if (mode === 'models') {
  for (const name of Object.keys(models)) {
    const ended = await guard
      .as(admin)
      .engine.start(name)
      .then(
        ({ id, status }) => ({ id, status }),
        (error) => ({ message: error.message }),
      );
    let kept;
    for (let tries = 0; tries < 50 && ended.id !== undefined && kept === undefined; tries += 1) {
      await pause(20);
      kept = (await guard.store.instances.load(ended.id)).guard.uncaught;
    }
    await pause(30);
    say({ name, status: ended.status, message: ended.message, kept });
  }
  const reasons = (await guard.store.audit.find({ answer: 'failed', limit: 100 })).map(
    ({ reason }) => reason,
  );
  say({ log: log.map(({ message, error, element }) => ({ message, error, element })), reasons });
}
/** A start script whose first call is refused. */
const eve = new SecureUser({ userName: 'eve' });
if (mode === 'start:awaited') await guard.api.engine.start('nothing', {}, eve);
if (mode === 'start:runAs') await guard.runAs(eve, () => guard.server.engine.start('nothing'));
if (mode === 'start:floating') {
  void (async () => {
    await pause(5);
    await guard.as(eve).engine.start('nothing');
  })();
  await pause(500);
  say({ alive: true });
}

/** A call that is refused, and nobody catches it, in a process that serves. */
const server = createServer((_req, res) => {
  void guard.as(eve).engine.start('nothing');
  res.end();
});
const listening = () => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
if (mode === 'request') {
  await listening();
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, {
    headers: { connection: 'close' },
  });
  await answer.text();
  await new Promise((resolve) => server.close(resolve));
  // It has served: what a request has left running is told from it as little as the request.
  void guard.as(eve).engine.start('nothing');
  await pause(300);
  say({ log: log.map(({ message, code }) => ({ message, code })) });
}
if (mode === 'adapter') {
  await guard.identity.runAsNobody(() => void guard.server.engine.start('nothing'));
  await pause(300);
  say({ log: log.map(({ message, code }) => ({ message, code })) });
}
if (mode === 'refusals') {
  await listening();

  void guard.as(eve).engine.start('nothing');
  void guard.as(eve).data.findItems({ $where: '1' });
  void guard.runAs(eve, () => guard.server.engine.invoke({ 'items.id': 'x' }));
  void guard.runAs({ userName: 'eve', userGroups: 'ADMIN' }, () => undefined);
  void guard.explain(eve, 'nothing:at:all');
  const wrapped = async (depth) => {
    try {
      await (depth === 0 ? guard.as(eve).engine.start('nothing') : wrapped(depth - 1));
    } catch (cause) {
      throw new Error('The order could not be placed.', { cause });
    }
  };
  void wrapped(0);
  void wrapped(3);
  void Promise.any([wrapped(0), guard.as(eve).data.findItems({ $where: '1' })]);
  await pause(300);
  say({ log: log.map(({ message, code }) => ({ message, code })) });
  server.close();
}
await guard.close();
say({ alive: true });
process.exitCode = 0;

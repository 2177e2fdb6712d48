// A process of its own that shows how a guard behaves towards its process; says one JSON text a line.
import { createGuard, openStore, SecureUser } from 'bpmn-guard';
import { DefaultAppDelegate } from 'bpmn-server';

console.log = () => undefined;
console.error = () => undefined;
const { mode, models = {}, store = { memory: true }, env = {} } = JSON.parse(process.argv[2]);
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const admin = new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] });

class Delegate extends DefaultAppDelegate {
  async getServicesProvider() {
    return {
      fails: async () =>
        Promise.reject(Object.assign(new Error('the service failed'), { code: 'E_SERVICE' })),
      slow: () => pause(500),
    };
  }
  startUp() {}
  async executionStarted() {
    if (mode === 'delegate') throw new Error('executionStarted failed');
  }
  async executionEvent() {
    if (mode === 'delegate') throw new Error('executionEvent failed');
  }
  async signalThrown() {
    if (mode === 'delegate') throw new Error('signalThrown failed');
  }
}

const log = [];
const note = (message, facts) => log.push({ message, ...facts });
const open = (where = store) =>
  createGuard({
    env,
    store: where,
    configuration: { appDelegate: (server) => new Delegate(server) },
    logger: { info: note, warn: note, error: note },
  });
const told = async (work) => {
  try {
    const value = await work();
    return { status: value?.status ?? 'done' };
  } catch (error) {
    return { message: error.message, code: error.code ?? null };
  }
};

const guard = await open();
for (const [name, source] of Object.entries(models)) await guard.api.model.save(name, source, null, admin);
const { engine } = guard.as(admin);

const MODES = {
  async listeners() {
    say({
      uncaught: process.listenerCount('uncaughtException'),
      unhandled: process.listenerCount('unhandledRejection'),
    });
  },
  /** Every model in turn; what fails must neither end the process nor be lost. */
  async failing() {
    for (const name of Object.keys(models))
      say({
        name,
        ...(await told(() => engine.start(name))),
        stored: await guard.store.instances.count({ filter: { name } }),
      });
  },
  async delegate() {
    for (const name of Object.keys(models)) say({ name, ...(await told(() => engine.start(name))) });
    say({ log: [...new Set(log.map(({ error }) => error))].sort() });
  },
  async appListener() {
    guard.server.listener.on('wait', async () => {
      throw new Error('an asynchronous listener failed');
    });
    say(await told(() => engine.start('M')));
    guard.server.listener.on('start', () => {
      throw new Error('a listener failed at once');
    });
    say(await told(() => engine.start('M')));
    say({ log: log.map(({ error }) => error) });
  },
  async close() {
    const slow = engine.start('Slow');
    await pause(100);
    const closing = guard.close();
    say(await told(() => engine.start('Slow')));
    say(await told(() => slow));
    await closing;
    say(await told(() => guard.api.data.findItems({}, admin)));
    const second = await open();
    await second.api.model.save('M', models.M, null, admin);
    say(await told(() => second.api.engine.start('M', {}, admin)));
    await second.close();
  },
  /** Timers, locks and background work, and then nothing that holds the process. */
  async leave() {
    await engine.start('Timed');
    await engine.start('Slow', {}, { noWait: true });
    await guard.close();
    say({ closed: true });
  },
  async flags() {
    const { bypass } = await guard.health();
    say({ bypass });
  },
};
void openStore;
await MODES[mode]();
if (!['close', 'leave'].includes(mode)) {
  await pause(200);
  await guard.close();
}
say({ alive: true });

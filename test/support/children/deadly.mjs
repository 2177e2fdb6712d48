// A process that its models end; says one JSON text a line.
import { createGuard, SecureUser } from 'bpmn-guard';
import { DefaultAppDelegate } from 'bpmn-server';

console.log = () => undefined;
const { store, start, noWait = false, atOnce = false, takeOverEvery = 200 } = JSON.parse(process.argv[2]);
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

/**
 * What was not acknowledged need not be there afterwards: the process ends when its own start has been answered, or at
 * once where the start waits for what ends it.
 */
let answered;
const started = new Promise((resolve) => (answered = resolve));
if (start === undefined || atOnce) answered();
const die = () => started.then(() => process.kill(process.pid, 'SIGKILL'));

class Delegate extends DefaultAppDelegate {
  async getServicesProvider() {
    return { die, never: () => new Promise(() => undefined) };
  }
  startUp() {}
}

const guard = await createGuard({
  env: {},
  store,
  takeOverEvery,
  configuration: { appDelegate: (server) => new Delegate(server) },
});
say({ up: true });
if (start !== undefined) {
  const { engine } = guard.as(new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] }));
  const { id } = await engine.start(start, {}, { noWait });
  say({ id });
  answered();
}
setInterval(() => undefined, 1000);

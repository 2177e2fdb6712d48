// A process that its models end; says one JSON text a line.
import { createGuard, SecureUser } from 'bpmn-guard';
import { DefaultAppDelegate } from 'bpmn-server';

console.log = () => undefined;
const { store, start, noWait = false, takeOverEvery = 200 } = JSON.parse(process.argv[2]);
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

class Delegate extends DefaultAppDelegate {
  async getServicesProvider() {
    return { die: () => process.kill(process.pid, 'SIGKILL'), never: () => new Promise(() => undefined) };
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
}
setInterval(() => undefined, 1000);

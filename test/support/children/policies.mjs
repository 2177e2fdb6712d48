// Changes the policies of a store until it is killed, or so many times, and says each version that was acknowledged.
import { createGuard } from 'bpmn-guard';

console.log = () => undefined;
const { store, mode, changes = Infinity, entries = 1 } = JSON.parse(process.argv[2]);
const say = (fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);

const guard = await createGuard({ env: {}, store, configuration: {} });
const { policies } = guard.as({ userName: 'admin', userGroups: ['ADMIN'] });

/** Whole sets: every entry of a version says its number. */
async function wholeSets() {
  for (let version = 1; version <= changes; version++) {
    const says = `${version} `.padEnd(900, 'x');
    const all = Array.from({ length: entries }, (_, at) => ({
      kind: 'security-role',
      id: `role ${at}`,
      value: { rights: [], says },
    }));
    say(await policies.apply(all));
  }
}

/** One role that a user has after every odd number of changes. */
async function givenAndTaken() {
  for (let done = 0; done < changes; done++) {
    const verb = done % 2 === 0 ? 'give' : 'withdraw';
    say(await policies.securityRoles[verb]('seers', { user: 'ann' }));
  }
}

await (mode === 'sets' ? wholeSets() : givenAndTaken());
await guard.close();

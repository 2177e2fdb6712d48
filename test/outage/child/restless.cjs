// A guard under load while its store comes and goes, in a process that catches nothing on its own.
require('../../store/child/sources.cjs');
const { randomUUID } = require('node:crypto');
const { MongoClient } = require('mongodb');
const { DefaultAppDelegate } = require('bpmn-server');
const { createGuard, openStore, SecureUser } = require('../../../src/index.js');
const { eitherStore } = require('../../support/either-store.js');
const { Proxy } = require('../../support/proxy.js');
const { patiently } = require('../../support/stores.js');
const { model, start, task, service, call, catching, timer, end } = require('../../support/models.js');

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const admin = new SecureUser({ userName: 'admin', userGroups: ['ADMIN'] });
const TIMEOUT = 300;

class Delegate extends DefaultAppDelegate {
  startUp() {}
  async getServicesProvider() {
    return { work: async () => pause(20) };
  }
}

async function main(url) {
  const proxy = await Proxy.before(url);
  const name = `guard_test_${randomUUID().slice(0, 13)}`;
  const patient = await openStore({ url: proxy.url, name, timeout: 60_000 });
  const hasty = await patiently(() => openStore({ url: proxy.url, name, timeout: TIMEOUT }));
  const guard = await createGuard({
    store: eitherStore(patient, () => (proxy.mode === 'pass' ? patient : hasty)),
    env: {},
    configuration: { appDelegate: (server) => new Delegate(server) },
  });
  const save = (model, source) => guard.api.model.save(model, source, null, admin);
  await save('Child', model([start(), catching('c', timer('timeDuration', 'PT1S')), end()]));
  await save('M', model([start(), task('a'), service('s', 'work'), call('k', 'Child'), end()]));
  const started = [];
  for (let i = 0; i < 12; i++) started.push((await guard.api.engine.start('M', {}, admin)).id);

  let [refused, others] = [0, 0];
  const completed = async (id, noWait) => {
    try {
      await guard.api.engine.invoke(
        { id, 'items.elementId': 'a', 'items.status': 'wait' },
        {},
        admin,
        noWait ? { noWait } : {},
      );
    } catch (error) {
      if (error.status === 503) refused++;
      // What was stored although its answer was lost is not found again.
      else if (error.status !== 404 && error.status !== 409) others++;
    }
  };
  const deadline = Date.now() + 4000;
  const worker = async (id, i) => {
    while (Date.now() < deadline) {
      await completed(id, i % 2 === 0);
      await pause(50);
    }
  };
  const weather = async () => {
    for (let i = 0; Date.now() < deadline; i++) {
      proxy.become(['refuse', 'hang', 'slow', 'pass'][i % 4], TIMEOUT);
      if (i % 4 === 3) proxy.cutAt({ at: i % 8 < 4 ? 'answer' : 'request', nth: 3 });
      await pause(i % 4 === 3 ? 60 : 200);
    }
    proxy.heal();
  };
  await Promise.all([weather(), ...started.map(worker)]);
  proxy.heal();
  const ended = () => guard.store.instances.count({ filter: { id: { $in: started }, status: 'end' } });
  for (let i = 0; i < 300 && (await ended()) < started.length; i++) {
    // What the weather has refused.
    for (const id of started) await completed(id, false);
    await pause(100);
  }
  console.log(` answered 503: ${refused}, others: ${others}, ended: ${await ended()}`);
  await guard.close();
  await Promise.all([patient.close(), hasty.close()]);
  await proxy.close();
  const client = await MongoClient.connect(url);
  await client.db(name).dropDatabase();
  await client.close();
}

main(process.argv[2]);

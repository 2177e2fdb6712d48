import { wallClock } from '../core/clock.js';
import type { Store } from '../store/port.js';
import { Attempts } from './execution/attempts.js';
import { Adoption } from './execution/adoption.js';
import { Audit } from './enforcement/audit.js';
import { Cases } from './execution/cases.js';
import { CommandRunner } from './execution/command-runner.js';
import { Contexts } from './execution/context.js';
import { Correlation } from './execution/correlation.js';
import { hookDefinitions } from './execution/definition-hooks.js';
import { Deliveries } from './execution/deliveries.js';
import { limitsOf, roomOf } from './contract/limits.js';
import { type Flags } from './contract/environment.js';
import { HostStore } from './execution/host-store.js';
import { createInnerServer } from './execution/inner-server.js';
import { StartAttempts } from './execution/start-attempts.js';
import { InstanceLocks } from './execution/locks.js';
import { ModelFolder } from './execution/model-folder.js';
import { ModelTimers } from './execution/model-timers.js';
import { ChangeTurns } from './execution/change-turns.js';
import { PeopleLock } from './execution/people-lock.js';
import { Recovery } from './execution/recovery.js';
import { Retries } from './execution/retries.js';
import { Serving } from './execution/serving.js';
import { Spread } from './execution/spread.js';
import { DataPaths } from './execution/data-paths.js';
import { Strays } from './execution/strays.js';
import { Takeover } from './execution/takeover.js';
import { Timers } from './execution/timers.js';
import type { GuardLogger, GuardOptions } from './contract/types.js';
import { type Incidents } from './contract/incidents.js';

const KEEP = { logs: true, savePoints: false, source: true };
const LOCK_WAIT = 30_000;
const STALE_LOCK_AFTER = 600_000;
/** How often the guard looks for work left by other processes, in milliseconds. */
const TAKE_OVER_EVERY = 60_000;
/**
 * The engine side: the host on its inner server, commands, timers, recovery. Trusted; nothing outside holds a
 * reference to it.
 */
export async function assembleEngine(
  options: GuardOptions,
  store: Store,
  flags: Flags,
  logger: GuardLogger,
  incidents: Incidents,
) {
  const contexts = new Contexts();
  const retries = new Retries(contexts, logger);
  const locks = new InstanceLocks(
    store.locks,
    { wait: options.lockWait ?? LOCK_WAIT, staleAfter: options.staleLockAfter ?? STALE_LOCK_AFTER },
    retries,
  );
  const { commandLimit, stepLimit, loopLimit } = limitsOf(options);
  const audit = new Audit(store.audit, options.audit, incidents, flags.bypass, contexts);
  const dataPaths = new DataPaths(store, retries, logger);
  await dataPaths.refresh();
  const hostStore = new HostStore(store, contexts, {
    ...KEEP,
    ...options.keep,
    room: roomOf(options),
    dataPaths: () => dataPaths.list,
  });
  const adoption = new Adoption(contexts, flags.bypass);
  // An embedded store is open in one process only, so there is no other process.
  const began = store.kind === 'mongo' ? wallClock() : Infinity;
  const attempts = new Attempts(store.instances, locks.owner.nonce, logger, began);
  const runner = new CommandRunner({
    store,
    hostStore,
    contexts,
    locks,
    retries,
    logger,
    attempts,
    limits: { time: commandLimit, steps: stepLimit },
    onFailures: (command) => audit.failures(command),
  });
  const record = audit.record.bind(audit);
  const serving = new Serving();
  const isServing = (): boolean => serving.now;
  const strays = new Strays({ contexts, store, locks, retries, logger, record, isServing });
  const {
    server: host,
    engine,
    models,
  } = createInnerServer(options, { store, hostStore, contexts, runner, adoption, logger, loopLimit });
  const deliveries = new Deliveries(runner, engine, store, locks, retries, attempts, logger);
  engine.correlation = new Correlation(runner, models, engine);
  const timers = new Timers(runner, engine, adoption, retries, attempts);
  const cases = new Cases(store, locks, contexts, retries);
  runner.afterStored = async (command) => {
    timers.disarmEnded(command);
    await deliveries.ofCommand(command);
    await cases.afterCommand(command);
  };
  hostStore.removed = (ids) => ids.forEach((id) => timers.disarm(id));
  const modelTimers = new ModelTimers(
    timers,
    runner,
    engine,
    store,
    retries,
    new StartAttempts(store, locks, attempts, retries),
    logger,
  );
  hookDefinitions(host, runner, timers, flags.bypass);
  await models.refresh();
  const schedule = modelTimers.schedule.bind(modelTimers);
  const folder = new ModelFolder({ models, store, contexts, logger, record, schedule });
  await folder.open(options.models, host.configuration.definitionsPath);
  const spread = new Spread(runner, store, models);
  const recovery = new Recovery(
    runner,
    deliveries,
    engine,
    timers,
    store,
    retries,
    attempts,
    locks,
    spread,
    cases,
    logger,
    record,
  );
  spread.awake = (id) => recovery.awake(id);
  runner.inDoubt = (ids) => recovery.inDoubt(ids);
  const takeover = new Takeover(
    timers,
    modelTimers,
    recovery,
    dataPaths,
    logger,
    options.takeOverEvery ?? TAKE_OVER_EVERY,
  );
  return {
    owner: locks.owner,
    people: new PeopleLock(locks, contexts),
    changes: new ChangeTurns(contexts),
    contexts,
    retries,
    audit,
    dataPaths,
    runner,
    serving,
    strays,
    host,
    engine,
    models,
    folder,
    timers,
    modelTimers,
    recovery,
    spread,
    takeover,
    cases,
  };
}

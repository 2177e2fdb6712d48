import { createDecisionPoint, unmarkedRules, type DecisionPoint } from '../core/decision-point.js';
import { wallClock } from '../core/clock.js';
import { AccessDenied, BadInput, CouldNotTell } from '../core/errors.js';
import { asOperation } from '../core/operation.js';
import { DESIGNER } from '../core/principal.js';
import { openStore } from '../store/open.js';
import type { Store } from '../store/port.js';
import { Attempts } from './execution/attempts.js';
import { Adoption } from './execution/adoption.js';
import { Calls } from './enforcement/calls.js';
import { Audit } from './enforcement/audit.js';
import { bypassApi } from './enforcement/bypass-api.js';
import { CommandRunner } from './execution/command-runner.js';
import { Contexts } from './execution/context.js';
import { Correlation } from './execution/correlation.js';
import { ScopedReads } from './enforcement/scoped-reads.js';
import { hookDefinitions } from './execution/definition-hooks.js';
import { Deliveries } from './execution/deliveries.js';
import { checkGuardOptions } from './contract/guard-options.js';
import { limitsOf, roomOf } from './contract/limits.js';
import { readFlags, type Flags } from './contract/environment.js';
import { Events } from './enforcement/events.js';
import { explain } from './enforcement/explain.js';
import { health } from './upkeep/health.js';
import { bpmn, checkHost, tameHost, type HostServer } from './model/host.js';
import { HostStore } from './execution/host-store.js';
import { createIdentity } from './identity.js';
import { createInnerServer } from './execution/inner-server.js';
import { StartAttempts } from './execution/start-attempts.js';
import { InstanceLocks } from './execution/locks.js';
import { ModelFolder } from './execution/model-folder.js';
import { ModelTimers } from './execution/model-timers.js';
import { Models } from './enforcement/model-api.js';
import { Principals } from './enforcement/principals.js';
import { Recovery } from './execution/recovery.js';
import { isReindexed } from './upkeep/reindex.js';
import { Retries } from './execution/retries.js';
import { bindApi } from './enforcement/bind-api.js';
import { createApi } from './enforcement/secured-api.js';
import { UnmarkedRules } from './enforcement/unmarked-rules.js';
import { allPolicies } from './policies.js';
import { serverFacade } from './enforcement/server-facade.js';
import { Strays } from './execution/strays.js';
import { Takeover } from './execution/takeover.js';
import { Timers } from './execution/timers.js';
import { claimUncaught } from './execution/uncaught.js';
import { watchStore } from './upkeep/watch-store.js';
import { consoleLogger } from './contract/console-logger.js';
import type { Guard, GuardLogger, GuardOptions } from './contract/types.js';
import { Incidents } from './contract/incidents.js';
import { safeLogger } from './contract/outlet.js';
import { within } from './contract/within.js';

const KEEP = { logs: true, savePoints: false, source: true };
const LOCK_WAIT = 30_000;
const STALE_LOCK_AFTER = 600_000;
/** How often what other processes have left is looked for, in milliseconds. */
const TAKE_OVER_EVERY = 60_000;
/** How long `close` waits for the application's sink and handlers, in milliseconds. */
const FLUSH_LIMIT = 5000;
/** How long `close` waits for running commands, in milliseconds. */
const CLOSE_LIMIT = 30_000;

function isStore(value: GuardOptions['store']): value is Store {
  return typeof (value as Partial<Store>).ping === 'function';
}

/** The engine side: the host on its inner server, commands, timers, recovery. Trusted; nothing outside holds it. */
async function assembleEngine(
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
  const hostStore = new HostStore(store, contexts, { ...KEEP, ...options.keep, room: roomOf(options) });
  const adoption = new Adoption(contexts, flags.bypass);
  // No process runs beside the one that has an embedded store open.
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
  const strays = new Strays({ contexts, store, locks, retries, logger, record });
  const {
    server: host,
    engine,
    models,
  } = createInnerServer(options, { store, hostStore, contexts, runner, adoption, logger, loopLimit });
  const deliveries = new Deliveries(runner, engine, store, locks, retries, attempts);
  engine.correlation = new Correlation(runner, models, engine);
  const timers = new Timers(runner, engine, adoption, retries, attempts);
  runner.afterStored = (command) => {
    timers.disarmEnded(command);
    return deliveries.ofCommand(command);
  };
  hostStore.removed = (ids) => ids.forEach((id) => timers.disarm(id));
  const modelTimers = new ModelTimers(
    timers,
    runner,
    engine,
    store,
    retries,
    new StartAttempts(store, locks, attempts, retries),
  );
  hookDefinitions(host, runner, timers, flags.bypass);
  await models.refresh();
  const schedule = modelTimers.schedule.bind(modelTimers);
  const folder = new ModelFolder({ models, store, contexts, logger, record, schedule });
  await folder.open(options.models, host.configuration.definitionsPath);
  const recovery = new Recovery(runner, deliveries, engine, timers, store, retries, attempts, locks, logger);
  runner.inDoubt = (ids) => recovery.inDoubt(ids);
  const takeover = new Takeover(
    timers,
    modelTimers,
    recovery,
    logger,
    options.takeOverEvery ?? TAKE_OVER_EVERY,
  );
  return {
    contexts,
    retries,
    audit,
    runner,
    strays,
    host,
    engine,
    models,
    folder,
    timers,
    modelTimers,
    recovery,
    takeover,
  };
}

/**
 * The rules without marks.
 * @throws BadInput `bad-configuration` when there are some and `strictMarks` is set
 */
function checkMarks(point: DecisionPoint, { strictMarks = false }: GuardOptions): readonly string[] {
  const unmarked = unmarkedRules(point, [DESIGNER]);
  if (!strictMarks || unmarked.length === 0) return unmarked;
  throw new BadInput(
    'bad-configuration',
    `strictMarks is set, and no marks follow from ${unmarked.join(', ')}: such a rule must name them by \`search\`.`,
  );
}

/** What code outside gets as the server. One that was given becomes it, so that code which holds it is enforced too. */
function outerServer(
  given: object | undefined,
  shown: Readonly<Record<string, unknown>> | HostServer,
): Guard['server'] {
  const { engine, dataStore, definitions, cache } = shown;
  const server = (
    given === undefined ? shown : Object.assign(given, { engine, dataStore, definitions, cache })
  ) as Guard['server'];
  (bpmn.BPMNServer as unknown as { instance: unknown }).instance = server;
  return server;
}

async function assemble(options: GuardOptions, plain: Store, flags: Flags): Promise<Guard> {
  const logger = safeLogger(options.logger ?? consoleLogger);
  const incidents = new Incidents(logger);
  const policies = allPolicies(options);
  await plain.install();
  const {
    contexts,
    retries,
    audit,
    runner,
    strays,
    host,
    engine,
    models,
    folder,
    timers,
    modelTimers,
    recovery,
    takeover,
  } = await assembleEngine(options, plain, flags, logger, incidents);
  // What is bounded from here on is a call of somebody, and what it fails with a refusal or failure of that call.
  const bounded: Store['bounded'] = (work) => strays.refusing(() => plain.bounded(work));
  const store = Object.create(plain, { bounded: { value: bounded } }) as Store;
  const point = createDecisionPoint(policies);
  const unmarked = new UnmarkedRules(checkMarks(point, options), logger);
  const principals = new Principals(contexts, options.directory, flags);
  const stopWatching = watchStore(store, logger);
  const stopListening = options.directory?.onChanged?.((userName) => principals.forget(userName));
  const events = new Events(incidents);
  const reindexed = await isReindexed(store);
  const isComplete = (): boolean => reindexed.value;
  const calls = new Calls(
    point,
    principals,
    audit,
    events,
    store,
    incidents,
    flags.bypass,
    isComplete,
    unmarked,
  );
  const parts = { calls, reads: new ScopedReads(calls), runner, engine, models, timers };
  const secured = createApi(parts, new Models(calls, models, modelTimers), recovery);
  const api = flags.bypass ? bypassApi(parts, secured) : secured;
  if (flags.bypass)
    logger.warn('the rules are switched off: REQUIRE_AUTHENTICATION or ENFORCE_SECURITY is false');
  const server = outerServer(options.server, flags.bypass ? host : serverFacade(parts, api, host));

  const unclaim = claimUncaught(strays.claim);
  const started = Promise.all([
    retries.attempt('the recovery at start', () => recovery.run()),
    retries.attempt('arming the timers', () => timers.resume()),
    retries.attempt('arming the timers of models', () => modelTimers.resume()),
  ]);
  timers.watchClock();
  if (store.kind === 'mongo') takeover.start();

  const why: Guard['explain'] = (user, operation, resource = {}) =>
    store.bounded(async () =>
      explain(parts, calls.of(await principals.of(user)), asOperation(operation), resource),
    );

  return Object.freeze({
    server,
    api,
    store: plain,
    identity: createIdentity(parts, contexts, api, flags),
    as: (user) => bindApi(api, user),
    runAs: async (user, fn) => contexts.runAs(await store.bounded(() => principals.of(user)), fn),
    can: async (user, operation, resource = {}) => {
      try {
        const decision = await why(user, operation, resource);
        if (decision.couldNotTell === undefined) return decision.allowed;
        throw new CouldNotTell('could-not-tell', 'Could not tell whether this is allowed.');
      } catch (error) {
        if (error instanceof AccessDenied) return false;
        throw error;
      }
    },
    explain: (user, operation, resource = {}) => why(user, operation, resource),
    on: (event, handler) => events.on(event, handler),
    install: () => store.install(),
    health: () =>
      store.bounded(() =>
        health(store, reindexed, flags.bypass, incidents, folder.problems(), unmarked.list),
      ),
    close: async () => {
      stopListening?.();
      stopWatching();
      timers.stop();
      retries.stop();
      await folder.stop();
      await Promise.all([started, takeover.ended(), runner.close(CLOSE_LIMIT)]);
      await strays.written();
      await audit.flush();
      await within(FLUSH_LIMIT, Promise.all([audit.flushed(), events.flushed()])).catch(() =>
        logger.warn('the audit sink or a handler had not taken all entries when the guard was closed'),
      );
      await store.close();
      unclaim();
      contexts.close();
    },
    current: () => contexts.principal,
  } satisfies Guard);
}

/**
 * Makes a guard: bpmn-server with every call enforced and every list scoped in the store.
 * @throws BadInput `bad-configuration`, `bad-environment` or `unsupported-host`; CouldNotTell when the store
 * cannot be opened
 */
export async function createGuard(options: GuardOptions): Promise<Guard> {
  checkGuardOptions(options);
  const flags = readFlags(options.env);
  checkHost(options.acceptHostVersion);
  tameHost();
  const given = options.store;
  if (isStore(given)) return given.bounded(() => assemble(options, given, flags));
  const store = await openStore(given);
  try {
    return await store.bounded(() => assemble(options, store, flags));
  } catch (error) {
    await store.close();
    throw error;
  }
}

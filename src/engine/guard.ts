import type { DecisionPoint } from '../core/decision/decision-point.js';
import { unmarkedRules } from '../core/decision/tried-policies.js';
import { BadInput } from '../core/errors.js';
import { DESIGNER } from '../core/principal.js';
import { within } from '../core/within.js';
import { openStore } from '../store/open.js';
import { announce } from '../store/presence.js';
import type { Store } from '../store/port.js';
import { Calls } from './enforcement/calls.js';
import { bypassApi } from './enforcement/bypass-api.js';
import { ScopedReads } from './enforcement/scoped-reads.js';
import { checkGuardOptions } from './contract/guard-options.js';
import { sectionLimitOf } from './contract/limits.js';
import { readFlags, type Flags } from './contract/environment.js';
import { Events } from './enforcement/events.js';
import { questions } from './enforcement/questions.js';
import { health } from './upkeep/health.js';
import { bpmn, checkHost, tameHost, type HostServer } from './model/host.js';
import { createIdentity } from './identity.js';
import { nameCaller } from './enforcement/caller.js';
import { Principals } from './enforcement/principals.js';
import { OrphanCount } from './upkeep/orphans.js';
import { DataMarking } from './upkeep/mark-data.js';
import { isReindexed } from './upkeep/reindex.js';
import { bindApi } from './enforcement/bind-api.js';
import { assembleApi } from './assemble-api.js';
import { UnmarkedRules } from './enforcement/unmarked-rules.js';
import { applicationPolicies, compilerWith } from './policy-book/application-policies.js';
import { PolicyFolder } from './policies/files/policy-folder.js';
import { PolicyBook } from './policy-book/policy-book.js';
import { serverFacade } from './enforcement/server-facade.js';
import { strictApi } from './enforcement/strict-arguments.js';
import { TakenServer } from './enforcement/taken-server.js';
import { claimUncaught } from './execution/uncaught.js';
import { watchStore } from './upkeep/watch-store.js';
import { consoleLogger } from './contract/console-logger.js';
import type { Guard, GuardOptions } from './contract/types.js';
import { Incidents } from './contract/incidents.js';
import { safeLogger } from './contract/outlet.js';
import { assembleEngine } from './assemble-engine.js';

/** How long `close` waits for the application's audit sink and handlers, in milliseconds. */
const FLUSH_LIMIT = 5000;
/** How long `close` waits for running commands, in milliseconds. */
const CLOSE_LIMIT = 30_000;

function isStore(value: GuardOptions['store']): value is Store {
  return typeof (value as Partial<Store>).ping === 'function';
}

/**
 * Returns the rules without marks.
 * @throws BadInput `bad-configuration` if there are any and `strictMarks` is set
 */
function checkMarks(point: DecisionPoint, { strictMarks = false }: GuardOptions): readonly string[] {
  const unmarked = unmarkedRules(point, [DESIGNER]);
  if (!strictMarks || unmarked.length === 0) return unmarked;
  throw new BadInput(
    'bad-configuration',
    `strictMarks is set, and no marks follow from ${unmarked.join(', ')}: such a rule must name them by \`search\`.`,
  );
}

/**
 * Returns the server for outside code. A server passed as an option is turned into it, so that code which holds
 * that object is enforced too.
 */
function outerServer(
  { server: given }: GuardOptions,
  taken: TakenServer | undefined,
  shown: Readonly<Record<string, unknown>> | HostServer,
  principals: Principals,
): Guard['server'] {
  taken?.give(shown as HostServer);
  const server = (given ?? shown) as Guard['server'];
  if (Object.isExtensible(server)) nameCaller(server, () => principals.caller());
  (bpmn.BPMNServer as unknown as { instance: unknown }).instance = server;
  return server;
}

async function assemble(
  options: GuardOptions,
  plain: Store,
  flags: Flags,
  taken: TakenServer | undefined,
): Promise<Guard> {
  const logger = safeLogger(options.logger ?? consoleLogger);
  const incidents = new Incidents(logger);
  const policies = applicationPolicies(options);
  await plain.install();
  const inside = await assembleEngine(options, plain, flags, logger, incidents);
  const { contexts, retries, audit, runner, strays, host, engine, models, timers, modelTimers, recovery } =
    inside;
  const { people, changes, dataPaths } = inside;
  // From here on, work counts as part of a call, and its errors are that call's refusals or failures.
  const bounded: Store['bounded'] = (work) => strays.refusing(() => plain.bounded(work));
  const store = Object.create(plain, { bounded: { value: bounded } }) as Store;
  const caseRoles = { visibility: flags.caseVisibility };
  const book = new PolicyBook(store.policies, compilerWith(policies, { caseRoles }), incidents);
  const principals = new Principals(contexts, options.directory, flags, incidents, inside.serving);
  const files = new PolicyFolder({
    store,
    book,
    models,
    logger,
    audit,
    contexts,
    principals,
    people,
    changes,
  });
  await files.open(options.policyFiles);
  const unmarked = new UnmarkedRules(checkMarks(book.nothing.point, options), logger, dataPaths);
  const stopWatching = watchStore(store, logger, incidents);
  const stopListening = options.directory?.onChanged?.((userName) => principals.forget(userName));
  const events = new Events(incidents);
  const reindexed = await isReindexed(store);
  const isComplete = (): boolean => reindexed.value;
  const calls = new Calls(
    book,
    principals,
    audit,
    events,
    store,
    incidents,
    flags.bypass,
    isComplete,
    dataPaths,
    unmarked,
    people,
    changes,
    sectionLimitOf(options),
  );
  const { spread, cases } = inside;
  const parts = { calls, reads: new ScopedReads(calls), runner, engine, models, timers, spread, cases };
  const secured = assembleApi(parts, modelTimers, recovery, inside.retries);
  const api = strictApi(flags.bypass ? bypassApi(parts, secured) : secured);
  if (flags.bypass)
    logger.warn('the rules are switched off: REQUIRE_AUTHENTICATION or ENFORCE_SECURITY is false');
  const orphans = new OrphanCount(plain, principals, book);
  const server = outerServer(
    options,
    taken,
    flags.bypass ? host : serverFacade(parts, api, host),
    principals,
  );

  const marking = new DataMarking(plain, dataPaths, retries, logger);
  dataPaths.grown = () => marking.start();
  if (dataPaths.list.length > 0) marking.start();
  const unclaim = claimUncaught(strays.claim);
  const started = Promise.all([
    retries.attempt('the recovery at start', () => recovery.run()),
    retries.attempt('arming the timers', () => timers.resume(store.kind === 'mongo')),
    retries.attempt('arming the timers of models', () => modelTimers.resume()),
  ]);
  timers.watchClock();
  if (store.kind === 'mongo') inside.takeover.start();
  const leave = await announce(plain, inside.owner);

  return Object.freeze({
    server,
    api,
    policies: api.policies,
    store: plain,
    identity: createIdentity(parts, contexts, api, flags, inside.serving),
    as: (user) => bindApi(api, user),
    runAs: async (user, fn) => contexts.runAs(await calls.entering(user), fn),
    ...questions(parts),
    on: (event, handler) => events.on(event, handler),
    install: () => store.install(),
    health: () =>
      store.bounded(() =>
        health(store, {
          reindexed,
          bypass: flags.bypass,
          incidents,
          unreadableModels: inside.folder.problems(),
          unmarked: unmarked.list,
          policyFiles: files.problem,
          orphans,
        }),
      ),
    close: async () => {
      stopListening?.();
      stopWatching();
      timers.stop();
      retries.stop();
      await Promise.all([inside.folder.stop(), files.stop(), marking.stop()]);
      await Promise.all([started, inside.takeover.ended(), runner.close(CLOSE_LIMIT), leave()]);
      await strays.written();
      await audit.flush();
      await within(FLUSH_LIMIT, Promise.all([audit.flushed(), events.flushed()])).catch(() =>
        logger.warn('the audit sink or a handler had not taken all entries when the guard was closed'),
      );
      await store.close();
      // Node reports uncaught errors after this turn's promises have settled, and calls may have ended in this
      // turn.
      await new Promise(setImmediate);
      unclaim();
      inside.serving.close();
      contexts.close();
    },
    current: () => contexts.principal,
  } satisfies Guard);
}

/**
 * Creates a guard: bpmn-server with every call enforced and every list scoped in the store.
 * @throws BadInput `bad-configuration`, `bad-environment` or `unsupported-host`; CouldNotTell if the store cannot
 * be opened
 */
export async function createGuard(options: GuardOptions): Promise<Guard> {
  // Before anything is looked at: a server is not left without a guard because its guard could not be made.
  const taken = TakenServer.of((options as Partial<GuardOptions> | undefined)?.server);
  try {
    return await open(options, taken);
  } catch (error) {
    taken?.fail();
    throw error;
  }
}

async function open(options: GuardOptions, taken: TakenServer | undefined): Promise<Guard> {
  checkGuardOptions(options);
  const flags = readFlags(options.env);
  checkHost(options.acceptHostVersion);
  tameHost();
  const given = options.store;
  if (isStore(given)) return given.bounded(() => assemble(options, given, flags, taken));
  const store = await openStore(given);
  try {
    return await store.bounded(() => assemble(options, store, flags, taken));
  } catch (error) {
    await store.close();
    throw error;
  }
}

import { createDecisionPoint, type DecisionPoint } from '../core/decision-point.js';
import type { Decision } from '../core/decision.js';
import { BadInput, notFound } from '../core/errors.js';
import { asOperation, OPERATIONS, type Operation } from '../core/operation.js';
import { taskRulesPolicy } from '../core/policies/task-rules.js';
import { tenants } from '../core/policies/tenants.js';
import type { SecureUser } from '../core/principal.js';
import type { Resource } from '../core/resource.js';
import { openStore } from '../store/open.js';
import type { Store } from '../store/port.js';
import { Adoption } from './adoption.js';
import { Asking } from './asking.js';
import { Audit } from './audit.js';
import { bypassApi } from './bypass-api.js';
import { CommandRunner } from './command-runner.js';
import { Contexts } from './context.js';
import { Correlation } from './correlation.js';
import { Reads } from './data-api.js';
import { Deliveries } from './deliveries.js';
import { hookDefinitions } from './definition-hooks.js';
import { readFlags } from './environment.js';
import { Events } from './events.js';
import { bpmn, checkHost, tameHost } from './host.js';
import { HostStore } from './host-store.js';
import { createInnerServer } from './inner-server.js';
import { InstanceLocks } from './locks.js';
import { Models } from './model-api.js';
import { Principals } from './principals.js';
import { Recovery, UNFINISHED } from './recovery.js';
import { isReindexed } from './reindex.js';
import { bindApi, createApi } from './secured-api.js';
import { serverFacade } from './server-facade.js';
import { Timers } from './timers.js';
import type { Guard, GuardLogger, GuardOptions, Health } from './types.js';
import { Views } from './views.js';

const KEEP = { logs: true, savePoints: false, source: true };
const CLOSE_LIMIT = 30_000;

const SILENT: GuardLogger = Object.freeze({ info: () => undefined, warn: () => undefined, error: () => undefined });

function isStore(value: GuardOptions['store']): value is Store {
  return typeof (value as Partial<Store>).ping === 'function';
}

/** What an answer about the model or task needs beside the resource. */
async function explained(point: DecisionPoint, asking: Asking, principal: SecureUser, operation: Operation, resource: Resource): Promise<Decision> {
  const { kind } = OPERATIONS[operation];
  const facts = kind === 'model' && resource.model !== undefined ? await asking.modelFacts(principal, String(resource.model.name)) : {};
  const read = ({ task: 'task:read', instance: 'instance:read', model: 'model:read', system: undefined } as const)[kind];
  if (read !== undefined && !asking.allows(principal, read, resource, facts)) throw notFound(kind);
  return point.decide(principal, operation, resource, facts);
}

/**
 * Makes a guard: bpmn-server with every call enforced and every list scoped in the store (spec 08, 37).
 * @throws BadInput `bad-configuration`, `bad-environment` or `unsupported-host`; CouldNotTell when the store cannot be opened
 */
export async function createGuard(options: GuardOptions): Promise<Guard> {
  if (options?.store === undefined) throw new BadInput('bad-configuration', 'createGuard needs a store: { url, name }, { folder } or { memory: true }.');
  const flags = readFlags(options.env);
  checkHost(options.acceptHostVersion);
  tameHost();
  const logger = options.logger ?? SILENT;
  const store = isStore(options.store) ? options.store : await openStore(options.store);
  await store.install();

  const contexts = new Contexts();
  const locks = new InstanceLocks(store.locks, { wait: options.lockWait ?? 30_000, staleAfter: options.staleLockAfter ?? 600_000 });
  const audit = new Audit(store.audit, options.audit, logger, flags.bypass);
  const hostStore = new HostStore(store, contexts, { ...KEEP, ...options.keep });
  const adoption = new Adoption(contexts);
  const runner = new CommandRunner({ store, hostStore, contexts, locks, logger, onFailures: (command) => audit.failures(command) });
  const { server: host, engine, models } = createInnerServer(options, { store, hostStore, contexts, runner, adoption, logger });
  const deliveries = new Deliveries(runner, engine, store, locks, logger);
  runner.afterStored = (command) => deliveries.ofCommand(command);
  engine.correlation = new Correlation(runner, models, engine);
  const timers = new Timers(runner, engine, store, adoption, logger);
  hookDefinitions(host, runner, timers, flags.bypass);
  await models.rebuild();
  await models.refresh();

  const point = createDecisionPoint([taskRulesPolicy, tenants, ...(options.policies ?? [])]);
  const principals = new Principals(contexts, options.directory, flags);
  const events = new Events(logger);
  const reindexed = await isReindexed(store);
  const asking = new Asking(point, principals, audit, events, store, flags.bypass, () => reindexed.value);
  const views = new Views(point, flags.bypass);
  const kit = { asking, reads: new Reads(asking, views), views, runner, engine, models };
  const secured = createApi(kit, new Models(asking, models, timers));
  const api = flags.bypass ? bypassApi(kit, secured) : secured;
  if (flags.bypass) logger.warn('the rules are switched off: REQUIRE_AUTHENTICATION or ENFORCE_SECURITY is false');

  const server = flags.bypass ? (host as never) : outerServer(options, serverFacade(asking, api, host));
  const recovery = new Recovery(runner, deliveries, engine, timers, store, logger);
  const started = recovery
    .run()
    .then(() => timers.resume())
    .catch((error: unknown) => logger.error('recovery at start failed', { error: error instanceof Error ? error.message : String(error) }));

  const health = async (): Promise<Health> => {
    const answers = await store.ping().then(
      () => true,
      () => false,
    );
    const missingIndexes = answers ? await store.missingIndexes() : [];
    const stuck = answers ? await store.instances.count({ filter: UNFINISHED }) : 0;
    if (answers) await reindexed.refresh();
    return { ok: answers && missingIndexes.length === 0, store: { kind: store.kind, answers }, missingIndexes, reindexed: reindexed.value, stuck, bypass: flags.bypass };
  };

  return Object.freeze({
    server,
    api,
    store,
    as: (user) => bindApi(api, user),
    runAs: async (user, fn) => contexts.runAs(await principals.of(user), fn),
    can: async (user, operation, resource = {}) => {
      const principal = await principals.of(user);
      return explained(point, asking, principal, asOperation(operation), resource).then(
        (decision) => flags.bypass || decision.allowed,
        () => false,
      );
    },
    explain: async (user, operation, resource = {}) => explained(point, asking, await principals.of(user), asOperation(operation), resource),
    on: (event, handler) => events.on(event, handler),
    install: () => store.install(),
    health,
    close: async () => {
      timers.stop();
      await started;
      await runner.close(CLOSE_LIMIT);
      await store.close();
    },
    current: () => contexts.principal,
  } satisfies Guard);
}

/** A server that was given becomes the façade itself, so that code which holds it is enforced too. */
function outerServer(options: GuardOptions, facade: Readonly<Record<string, unknown>>): Guard['server'] {
  const outer = options.server as Record<string, unknown> | undefined;
  if (outer !== undefined) Object.assign(outer, { engine: facade.engine, dataStore: facade.dataStore, definitions: facade.definitions, cache: facade.cache });
  const server = (outer ?? facade) as Guard['server'];
  (bpmn.BPMNServer as unknown as { instance: unknown }).instance = server;
  return server;
}

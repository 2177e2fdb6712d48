import { BadInput } from '../../core/errors.js';
import { messageOf } from '../../core/thrown.js';
import type { Store } from '../../store/port.js';
import type { Adoption } from './adoption.js';
import type { CommandRunner } from './command-runner.js';
import { catchHandlers } from './catch-handlers.js';
import type { Contexts } from './context.js';
import { bpmn, type HostExecution, type HostServer } from '../model/host.js';
import { parsingOf } from '../model/parse-once.js';
import type { ParsingServer } from '../model/parsing.js';
import { HostModels } from './host-models.js';
import type { HostStore } from './host-store.js';
import { InnerEngine } from './inner-engine.js';
import { placeOf } from './place.js';
import { QuietLogger } from '../model/source/quiet-logger.js';
import { AsyncScriptHandler } from '../model/scripts.js';
import type { GuardLogger, GuardOptions } from '../contract/types.js';

type Configuration = Record<string, unknown> & {
  appDelegate?: (server: unknown) => Record<string, unknown>;
  scriptHandler?: (server: unknown) => unknown;
};

/** The host's server, which no outside code can reach, with the parts that the guard replaces. */
export interface InnerServer {
  readonly server: HostServer;
  readonly engine: InnerEngine;
  readonly models: HostModels;
}

interface Parts {
  readonly store: Store;
  readonly hostStore: HostStore;
  readonly contexts: Contexts;
  readonly runner: CommandRunner;
  readonly adoption: Adoption;
  readonly logger: GuardLogger;
  /** Maximum number of passes of a loop over a collection. */
  readonly loopLimit: number;
}

/** Methods of an application delegate that the host calls without awaiting them. */
const UNAWAITED = ['signalThrown', 'executionStarted', 'executionEvent'] as const;

/** Records the rejection of an unawaited method. It belongs to the command in which the method was called. */
function catchUnawaited(delegate: Record<string, unknown>, { contexts, logger }: Parts): void {
  for (const name of UNAWAITED) {
    const original = delegate[name];
    if (typeof original !== 'function') continue;
    delegate[name] = (...args: unknown[]): Promise<unknown> => {
      const { command } = contexts;
      const call = (async () => (original as (...a: unknown[]) => unknown).apply(delegate, args))().catch(
        (error: unknown) => {
          logger.error(`the application's ${name} failed`, {
            error: messageOf(error),
          });
          for (const id of command?.executions.keys() ?? [])
            command?.failures.push({ what: `${name} of the application failed`, instanceId: id });
        },
      );
      return command === undefined ? call : command.track(call);
    };
  }
}

function assertUnarmed(server: unknown): asserts server is HostServer {
  if (!(server instanceof bpmn.BPMNServer))
    throw new BadInput(
      'bad-configuration',
      'Option server must be a BPMNServer of the installed bpmn-server.',
    );
  if ((bpmn.Cron as unknown as { timersStarted: boolean }).timersStarted) {
    throw new BadInput(
      'bad-configuration',
      'Option server must be made with { cron: false }: this one has armed timers already.',
    );
  }
}

/**
 * Builds the server on which the engine runs. A server passed as an option becomes the outer one: its
 * configuration, listener and application delegate are taken over, so that existing code keeps its object.
 */
export function createInnerServer(options: GuardOptions, parts: Parts): InnerServer {
  const given = options.server;
  if (given !== undefined) assertUnarmed(given);
  const configuration = (given?.configuration ?? options.configuration ?? {}) as Configuration;
  let models!: HostModels;
  const { hostStore, store, contexts, runner, adoption, logger } = parts;
  // The class keeps only names that it knows, so a misspelt one cannot be found.
  if (given === undefined && configuration instanceof bpmn.Configuration && !configuration.appDelegate)
    logger.warn(
      "the Configuration has no appDelegate; bpmn-server's default one is used, which runs no services",
    );
  const cache = {
    list: () => [],
    getInstance: () => null,
    add: (execution: HostExecution) => adoption.adopt(execution),
    remove: () => undefined,
    shutdown: () => undefined,
    restart: () => undefined,
  };
  const ours = {
    ...configuration,
    cacheManager: () => cache,
    dataStore: () => hostStore,
    definitions: (server: HostServer) => (models = new HostModels(server, store, contexts, logger)),
    appDelegate: (server: unknown) =>
      given !== undefined
        ? { startUp: () => undefined }
        : (configuration.appDelegate ?? ((s: never) => new bpmn.DefaultAppDelegate(s)))(server as never),
    scriptHandler: () =>
      new AsyncScriptHandler((scope, run) => contexts.at(placeOf(scope), run), parts.loopLimit),
  };
  const server = new bpmn.BPMNServer(ours as never, new QuietLogger(() => hostStore.saveLogs) as never, {
    cron: false,
  }) as unknown as ParsingServer;
  if (given !== undefined) {
    server.appDelegate = given.appDelegate;
    server.appDelegate.server = server;
    server.listener = given.listener;
  }
  server.parsing = parsingOf(server, () => contexts.command?.modelsOwner ?? null);
  catchUnawaited(server.appDelegate, parts);
  const failed = (event: string, error: unknown, itemId: string | undefined): void => {
    logger.error('a listener of the application failed', {
      event,
      error: messageOf(error),
    });
    const { command } = contexts;
    if (itemId !== undefined) command?.failedListeners.add(itemId);
    for (const id of command?.executions.keys() ?? [])
      command?.failures.push({ what: `a listener for ${event} failed`, instanceId: id });
  };
  catchHandlers(server.listener, failed, (work) => contexts.command?.listen(work));
  const engine = new InnerEngine(server, runner);
  server.engine = engine;
  runner.server = server;
  return { server, engine, models };
}

import { createGuard as createEngineGuard } from '../engine/guard.js';
import { consoleLogger } from '../engine/contract/console-logger.js';
import type { Guard as EngineGuard, GuardOptions } from '../engine/contract/types.js';
import { answerArrivals } from './arrivals.js';
import { express, type HttpFace } from './index.js';

/** A guarded bpmn-server, with its middleware for HTTP. */
export interface Guard extends EngineGuard, HttpFace {}

/**
 * Creates a guard: bpmn-server with every call enforced and every list scoped in the store.
 * @throws BadInput `bad-configuration`, `bad-environment` or `unsupported-host`; CouldNotTell when the store cannot
 * be opened
 * @example
 * const guard = await createGuard({ configuration, store: { url: 'mongodb://localhost:27017', name: 'bpmn' } });
 * const tasks = await guard.api.data.getPendingUserTasks({}, { userName: 'ann', userGroups: ['hr'] });
 */
export async function createGuard(options: GuardOptions): Promise<Guard> {
  const guard = await createEngineGuard(options);
  const face = express(guard, options.logger ?? consoleLogger);
  const stopAnswering = answerArrivals(guard.identity, face.errorHandler());
  return Object.freeze({
    ...guard,
    ...face,
    close: async () => {
      stopAnswering();
      await guard.close();
    },
  });
}

import type { GuardApi } from './contract/types.js';
import { auditApi } from './enforcement/audit-api.js';
import { casesApi } from './enforcement/cases-api.js';
import type { CommandParts } from './enforcement/command-parts.js';
import { dataApi } from './enforcement/data-api.js';
import { engineApi } from './enforcement/engine-api.js';
import { Models } from './enforcement/model-api.js';
import { TaskCommands } from './enforcement/task-commands.js';
import { tasksApi } from './enforcement/tasks-api.js';
import { workApi } from './enforcement/work-api.js';
import type { ModelTimers } from './execution/model-timers.js';
import type { Recovery } from './execution/recovery.js';
import type { Retries } from './execution/retries.js';
import { ModelPlaces } from './policies/model-places.js';
import { policiesApi } from './policies/policy-api.js';

/** Assembles the API of a guard. Every member establishes the caller, decides, and only then acts. */
export function assembleApi(
  parts: CommandParts,
  modelTimers: ModelTimers,
  recovery: Pick<Recovery, 'retry'>,
  retries: Retries,
): GuardApi {
  const { calls, models } = parts;
  const tasks = new TaskCommands(parts);
  return Object.freeze({
    engine: engineApi(parts, tasks),
    data: dataApi(parts),
    model: new Models(calls, models, modelTimers, new ModelPlaces(calls, models, retries)).api(),
    tasks: tasksApi(parts, tasks),
    work: workApi(parts, recovery),
    policies: policiesApi(parts),
    cases: casesApi(parts),
    audit: auditApi(parts),
  });
}

export { createGuard } from './engine/guard.js';
export { SecureUser, SYSTEM_USER, ADMIN, SYSTEM, DESIGNER, type UserInfo } from './core/principal.js';
export { OPERATIONS, type Operation, type OperationEntry, type ResourceKind } from './core/operation.js';
export { GuardError, AccessDenied, BadInput, Conflict, CouldNotTell, ERROR_CODES, isGuardError, type ErrorCode } from './core/errors.js';
export type { Decision, Reason } from './core/decision.js';
export type { Policy, PolicyAnswer, Rule, Facts } from './core/policy.js';
export type { Condition, Reference } from './core/condition.js';
export { parseCondition, printCondition } from './core/condition-json.js';
export type { Resource } from './core/resource.js';
export { openStore } from './store/open.js';
export type { Store, AuditEntry, StoredUser } from './store/port.js';
export { VARIABLES } from './engine/environment.js';
export { TRANSITIONS } from './engine/task-state.js';
export type {
  Assignment, AuditSink, CommandOptions, DataApi, Directory, EngineApi, ExecutionView, FindPage, FindRequest, Guard, GuardApi, GuardEvent,
  GuardLogger, GuardOptions, Health, InstanceView, ItemView, ModelApi, StoreOptions, TasksApi, TaskState,
} from './engine/types.js';

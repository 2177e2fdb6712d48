export { createGuard, type Guard } from './express/create-guard.js';
export type { RouterOptions } from './express/router.js';
export type { HttpFace } from './express/index.js';
export type { ErrorHandlerOptions, Told } from './express/error-handler.js';
export type { Dialect } from './express/problem.js';
export type { ErrorMiddleware, Locals, Middleware } from './express/http.js';
export { SecureUser, SYSTEM_USER, ADMIN, SYSTEM, DESIGNER, type UserInfo } from './core/principal.js';
export { USER_TASK } from './core/condition/element-types.js';
export { OPERATIONS, type Operation, type OperationEntry, type ResourceKind } from './core/operation.js';
export {
  GuardError,
  AccessDenied,
  BadInput,
  Conflict,
  CouldNotTell,
  ERROR_CODES,
  isGuardError,
  type ErrorCode,
} from './core/errors.js';
export type { Decision, Reason } from './core/decision/decision.js';
export type { Policy, PolicyAnswer, Rule, Facts } from './core/policy.js';
export type { FieldRule } from './core/fields/field-rule.js';
export type { Case, Condition, Reference } from './core/condition/condition.js';
export type { StatedMark as Mark } from './core/marks/mark.js';
export { parseCondition, printCondition } from './core/condition/json.js';
export { weaknessOf } from './core/weak-secret.js';
export type { Resource } from './core/resource.js';
export { openStore } from './store/open.js';
export type { Store, AuditEntry, StoredUser } from './store/port.js';
export { VARIABLES } from './engine/contract/environment.js';
export { checkModel } from './engine/model/source/check-model.js';
export type { ModelWarning } from './engine/contract/model-warning.js';
export { TRANSITIONS } from './engine/model/task-state.js';
export type {
  Assignment,
  AuditApi,
  AuditPage,
  AuditQuery,
  BehaviourView,
  CaseComment,
  CaseFieldEntry,
  CaseFieldsApi,
  CaseFieldView,
  CaseOperation,
  CaseOperationsApi,
  CaseOperationView,
  CaseRoleView,
  CasesApi,
  AuditSink,
  CommandOptions,
  DataApi,
  DecisionAbout,
  DefinitionView,
  Directory,
  Distinct,
  DutiesApi,
  Duty,
  DutyTask,
  DutyView,
  EffectivePermissions,
  EngineApi,
  ExecutionView,
  FindPage,
  FindRequest,
  FoundRow,
  FlowView,
  ConditionJson,
  GridApi,
  GridForm,
  GridImported,
  GridImportOptions,
  GridLabel,
  GridLabelView,
  GridObject,
  GridRule,
  GridRuleView,
  GridUsers,
  Privilege,
  GuardApi,
  GuardEvent,
  GuardLogger,
  GuardOptions,
  GuardedDataStore,
  GuardedDefinitions,
  GuardedEngine,
  GuardedServer,
  Health,
  HeldWork,
  Identity,
  InstanceView,
  ItemView,
  LintFinding,
  LintReport,
  ModelApi,
  ModelEvent,
  ModelProcess,
  ModelView,
  NewSection,
  NodeView,
  NotInitiator,
  PermissionSource,
  PlacedModel,
  PoliciesApi,
  PolicyChange,
  PolicyChangeOptions,
  PolicySetView,
  PolicyVersionView,
  ProcessView,
  RoleHolders,
  SavedModel,
  SaveOptions,
  SectionGrants,
  SectionOrModel,
  SectionPermission,
  SectionPermissionsApi,
  SectionsApi,
  SectionTree,
  SectionView,
  SecurityRole,
  SecurityRoleHolder,
  SecurityRolesApi,
  SecurityRoleView,
  StoreOptions,
  TasksApi,
  TaskCommand,
  TaskState,
  TokenView,
  TwoTasks,
  WorkApi,
} from './engine/contract/types.js';
export { OPTIONS } from './express/option-tables.js';
export { isRight, RIGHTS, type Right, type RightEntry, type RightGroup } from './core/rights.js';
export { userDirectory, type DirectoryUser, type UserDirectory } from './engine/users/directory.js';
export type { UserChange } from './engine/users/user-input.js';
export { userAdmin, type NewUser, type UserAdmin } from './engine/users/user-admin.js';
export { authenticate } from './express/authenticate.js';
export type { AuthenticateOptions } from './express/authenticate-options.js';
export { requireHost } from './express/host-names.js';
export { keyAdmin, type KeyAdmin } from './express/key-admin.js';
export type { ActsFor, NewKey } from './express/key-input.js';
export { apiKeys, type ApiKey, type ApiKeys, type ApiKeysOptions } from './express/keys.js';
export { requireOwnOrigin, type OwnOriginOptions } from './express/own-origin.js';
export { requirePrivilege, requireRight, type RequirePrivilegeOptions } from './express/require.js';

// Written by scripts/rules.mjs from the conditions of built-in-rules.ts, at each build. Do not edit.
import type { PrincipalPredicate } from '../evaluation/evaluate.js';
import { glance, isOwn, itemOf, parsePath, partsOf } from '../evaluation/frame.js';
import { isDocument } from '../path.js';
import type { Resource } from '../resource.js';
import { guardOf, is, isAny, itemsIn, rowOf, type Row } from '../evaluation/rows.js';
import type { Call } from '../evaluation/steps.js';
import { isPresent } from '../condition/tests.js';

const own = Object.hasOwn;
const OF_ITEM = ['type', 'assignee', 'candidateUsers', 'candidateGroups', 'status'];
const OF_ITEM_GUARD = ['open', 'owner', 'closed', 'startedBy', 'completedBy', 'rejectedBy', 'suspendable'];
const OF_INSTANCE = ['tenantId'];
const OF_CASE_GUARD = ['startedBy', 'isCase'];
const PATH_GUARD_CASE_HOLDERS_USERS = parsePath('instance.guard.caseHolders.users');
const PATH_GUARD_CASE_HOLDERS_GROUPS = parsePath('instance.guard.caseHolders.groups');

function someItem1(
  resource: Resource,
  me: string | undefined,
  groups: readonly string[] | undefined,
): boolean {
  const items = itemsIn(resource);
  for (let i = 0; i < items.length; i++) {
    const one = items[i];
    if (!isDocument(one)) continue;
    const item = (Array.isArray(one) ? { ...one } : one) as Row;
    if (!is(item.type, 'bpmn:UserTask')) continue;
    const itemGuard = guardOf(item, OF_ITEM_GUARD);
    if (
      ((is(item.assignee, me) && own(item, 'assignee')) ||
        (is(itemGuard.owner, me) && own(item, 'guard') && own(itemGuard, 'owner')) ||
        (is(itemGuard.completedBy, me) && own(item, 'guard') && own(itemGuard, 'completedBy')) ||
        (((is(itemGuard.open, true) &&
          is(item.status, 'wait') &&
          own(item, 'guard') &&
          own(itemGuard, 'open') &&
          own(item, 'status')) ||
          (is(item.candidateUsers, me) && own(item, 'candidateUsers')) ||
          (isAny(item.candidateGroups, groups) && own(item, 'candidateGroups'))) &&
          !(
            me === undefined ||
            (is(itemGuard.rejectedBy, me) && own(item, 'guard') && own(itemGuard, 'rejectedBy'))
          ))) &&
      own(item, 'type')
    )
      return true;
  }
  return false;
}

function readTask(
  resource: Resource,
  item: Row,
  itemGuard: Row,
  me: string | undefined,
  groups: readonly string[] | undefined,
): boolean {
  if (is(item.type, 'bpmn:UserTask')) {
    return (
      ((is(itemGuard.open, true) && own(item, 'guard') && own(itemGuard, 'open')) ||
        (is(item.assignee, me) && own(item, 'assignee')) ||
        (is(item.candidateUsers, me) && own(item, 'candidateUsers')) ||
        (isAny(item.candidateGroups, groups) && own(item, 'candidateGroups')) ||
        (is(itemGuard.owner, me) && own(item, 'guard') && own(itemGuard, 'owner')) ||
        (is(itemGuard.closed, true) &&
          is(itemGuard.startedBy, me) &&
          own(item, 'guard') &&
          own(itemGuard, 'closed') &&
          own(itemGuard, 'startedBy'))) &&
      own(item, 'type')
    );
  }
  if (!isPresent(item.type)) return false;
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const caseGuard = guardOf(instance, OF_CASE_GUARD);
  return (
    ((is(caseGuard.startedBy, me) &&
      own(resource, 'instance') &&
      own(instance, 'guard') &&
      own(caseGuard, 'startedBy')) ||
      someItem1(resource, me, groups)) &&
    own(item, 'type')
  );
}

function takeTask(
  resource: Resource,
  item: Row,
  itemGuard: Row,
  me: string | undefined,
  groups: readonly string[] | undefined,
): boolean {
  if (!is(item.type, 'bpmn:UserTask')) return false;
  return (
    ((is(itemGuard.open, true) && own(item, 'guard') && own(itemGuard, 'open')) ||
      (is(item.assignee, me) && own(item, 'assignee')) ||
      (is(item.candidateUsers, me) && own(item, 'candidateUsers')) ||
      (isAny(item.candidateGroups, groups) && own(item, 'candidateGroups')) ||
      (is(itemGuard.owner, me) && own(item, 'guard') && own(itemGuard, 'owner'))) &&
    own(item, 'type')
  );
}

function rejectTask(
  resource: Resource,
  item: Row,
  itemGuard: Row,
  me: string | undefined,
  groups: readonly string[] | undefined,
): boolean {
  if (!is(item.type, 'bpmn:UserTask')) return false;
  return (
    ((is(itemGuard.open, true) && own(item, 'guard') && own(itemGuard, 'open')) ||
      (is(item.candidateUsers, me) && own(item, 'candidateUsers')) ||
      (isAny(item.candidateGroups, groups) && own(item, 'candidateGroups'))) &&
    own(item, 'type')
  );
}

function escalateTask(resource: Resource, item: Row, itemGuard: Row, me: string | undefined): boolean {
  if (!is(item.type, 'bpmn:UserTask')) return false;
  return (
    ((is(item.assignee, me) && own(item, 'assignee')) ||
      (is(itemGuard.owner, me) && own(item, 'guard') && own(itemGuard, 'owner')) ||
      (is(itemGuard.startedBy, me) && own(item, 'guard') && own(itemGuard, 'startedBy'))) &&
    own(item, 'type')
  );
}

function readInstance(
  resource: Resource,
  me: string | undefined,
  groups: readonly string[] | undefined,
): boolean {
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const caseGuard = guardOf(instance, OF_CASE_GUARD);
  return (
    (is(caseGuard.startedBy, me) &&
      own(resource, 'instance') &&
      own(instance, 'guard') &&
      own(caseGuard, 'startedBy')) ||
    someItem1(resource, me, groups)
  );
}

function delegateTask(resource: Resource, item: Row, itemGuard: Row, me: string | undefined): boolean {
  if (!is(item.type, 'bpmn:UserTask')) return false;
  return (
    ((is(item.assignee, me) && own(item, 'assignee')) ||
      (is(itemGuard.owner, me) && own(item, 'guard') && own(itemGuard, 'owner'))) &&
    own(item, 'type')
  );
}

function readTaskOnly(resource: Resource, item: Row, itemGuard: Row, me: string | undefined): boolean {
  return (
    !(
      me === undefined ||
      (is(itemGuard.rejectedBy, me) && own(item, 'guard') && own(itemGuard, 'rejectedBy'))
    ) ||
    (is(item.assignee, me) && own(item, 'assignee')) ||
    (is(itemGuard.owner, me) && own(item, 'guard') && own(itemGuard, 'owner')) ||
    (is(item.type, 'bpmn:UserTask') &&
      is(itemGuard.closed, true) &&
      is(itemGuard.startedBy, me) &&
      own(item, 'type') &&
      own(item, 'guard') &&
      own(itemGuard, 'closed') &&
      own(itemGuard, 'startedBy'))
  );
}

function rowsOfTenant(resource: Resource, tenant: string | undefined): boolean {
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  return is(instance.tenantId, tenant) && own(resource, 'instance') && own(instance, 'tenantId');
}

function readTaskOfCase(
  resource: Resource,
  item: Row,
  me: string | undefined,
  groups: readonly string[] | undefined,
): boolean {
  if (!isPresent(item.type)) return false;
  if (is(item.type, 'bpmn:UserTask')) return false;
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const caseGuard = guardOf(instance, OF_CASE_GUARD);
  if (!is(caseGuard.isCase, true)) return false;
  return (
    ((is(glance(PATH_GUARD_CASE_HOLDERS_USERS, undefined, resource), me) &&
      isOwn(PATH_GUARD_CASE_HOLDERS_USERS, undefined, resource)) ||
      (isAny(glance(PATH_GUARD_CASE_HOLDERS_GROUPS, undefined, resource), groups) &&
        isOwn(PATH_GUARD_CASE_HOLDERS_GROUPS, undefined, resource))) &&
    own(item, 'type') &&
    own(resource, 'instance') &&
    own(instance, 'guard') &&
    own(caseGuard, 'isCase')
  );
}

function readTaskOfCaseOnly(
  resource: Resource,
  me: string | undefined,
  groups: readonly string[] | undefined,
): boolean {
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const caseGuard = guardOf(instance, OF_CASE_GUARD);
  return (
    !(
      is(caseGuard.isCase, true) &&
      own(resource, 'instance') &&
      own(instance, 'guard') &&
      own(caseGuard, 'isCase')
    ) ||
    (is(glance(PATH_GUARD_CASE_HOLDERS_USERS, undefined, resource), me) &&
      isOwn(PATH_GUARD_CASE_HOLDERS_USERS, undefined, resource)) ||
    (isAny(glance(PATH_GUARD_CASE_HOLDERS_GROUPS, undefined, resource), groups) &&
      isOwn(PATH_GUARD_CASE_HOLDERS_GROUPS, undefined, resource))
  );
}

function rowsOfNobody(resource: Resource): boolean {
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  return !(isPresent(instance.tenantId) && own(resource, 'instance') && own(instance, 'tenantId'));
}

function executeTask(resource: Resource, item: Row, me: string | undefined): boolean {
  if (!is(item.type, 'bpmn:UserTask')) return false;
  return is(item.assignee, me) && own(item, 'type') && own(item, 'assignee');
}

function readInstanceOfCase(
  resource: Resource,
  me: string | undefined,
  groups: readonly string[] | undefined,
): boolean {
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const caseGuard = guardOf(instance, OF_CASE_GUARD);
  if (!is(caseGuard.isCase, true)) return false;
  return (
    ((is(glance(PATH_GUARD_CASE_HOLDERS_USERS, undefined, resource), me) &&
      isOwn(PATH_GUARD_CASE_HOLDERS_USERS, undefined, resource)) ||
      (isAny(glance(PATH_GUARD_CASE_HOLDERS_GROUPS, undefined, resource), groups) &&
        isOwn(PATH_GUARD_CASE_HOLDERS_GROUPS, undefined, resource))) &&
    own(resource, 'instance') &&
    own(instance, 'guard') &&
    own(caseGuard, 'isCase')
  );
}

function suspendTask(resource: Resource, item: Row, itemGuard: Row, me: string | undefined): boolean {
  if (!is(item.type, 'bpmn:UserTask')) return false;
  if (!is(item.assignee, me)) return false;
  return (
    is(itemGuard.suspendable, true) &&
    own(item, 'type') &&
    own(item, 'assignee') &&
    own(item, 'guard') &&
    own(itemGuard, 'suspendable')
  );
}

const readTaskAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return readTask(resource, item, itemGuard, me, groups);
};

const takeTaskAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return takeTask(resource, item, itemGuard, me, groups);
};

const rejectTaskAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return rejectTask(resource, item, itemGuard, me, groups);
};

const escalateTaskAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  return escalateTask(resource, item, itemGuard, me);
};

const readInstanceAlone: Call = (_given, resource, principal) => {
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return readInstance(resource, me, groups);
};

const delegateTaskAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  return delegateTask(resource, item, itemGuard, me);
};

const readTaskOnlyAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  return readTaskOnly(resource, item, itemGuard, me);
};

const rowsOfTenantAlone: Call = (_given, resource, principal) => {
  const tenant = principal?.tenantId;
  return rowsOfTenant(resource, tenant);
};

const readTaskOfCaseAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return readTaskOfCase(resource, item, me, groups);
};

const readTaskOfCaseOnlyAlone: Call = (_given, resource, principal) => {
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return readTaskOfCaseOnly(resource, me, groups);
};

const rowsOfNobodyAlone: Call = (_given, resource) => {
  return rowsOfNobody(resource);
};

const executeTaskAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const me = principal?.userName;
  return executeTask(resource, item, me);
};

const readInstanceOfCaseAlone: Call = (_given, resource, principal) => {
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return readInstanceOfCase(resource, me, groups);
};

const suspendTaskAlone: Call = (given, resource, principal) => {
  const item = rowOf(given, OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  return suspendTask(resource, item, itemGuard, me);
};

const readTaskOfTenant: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const tenant = principal?.tenantId;
  if (!is(instance.tenantId, tenant)) return false;
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  if (!readTaskOnly(resource, item, itemGuard, me)) return false;
  const groups = principal?.userGroups;
  return (
    readTask(resource, item, itemGuard, me, groups) && own(resource, 'instance') && own(instance, 'tenantId')
  );
};

const readTaskOfTenantOrCase: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const tenant = principal?.tenantId;
  if (!is(instance.tenantId, tenant)) return false;
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  if (!readTaskOnly(resource, item, itemGuard, me)) return false;
  const groups = principal?.userGroups;
  if (!readTaskOfCaseOnly(resource, me, groups)) return false;
  return (
    (readTask(resource, item, itemGuard, me, groups) || readTaskOfCase(resource, item, me, groups)) &&
    own(resource, 'instance') &&
    own(instance, 'tenantId')
  );
};

const readTaskOfNobody: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  if (!readTaskOnly(resource, item, itemGuard, me)) return false;
  if (!rowsOfNobody(resource)) return false;
  const groups = principal?.userGroups;
  return readTask(resource, item, itemGuard, me, groups);
};

const readTaskOfNobodyOrCase: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  if (!readTaskOnly(resource, item, itemGuard, me)) return false;
  if (!rowsOfNobody(resource)) return false;
  const groups = principal?.userGroups;
  if (!readTaskOfCaseOnly(resource, me, groups)) return false;
  return readTask(resource, item, itemGuard, me, groups) || readTaskOfCase(resource, item, me, groups);
};

const takeTaskOfTenant: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const tenant = principal?.tenantId;
  if (!is(instance.tenantId, tenant)) return false;
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  if (!readTaskOnly(resource, item, itemGuard, me)) return false;
  const groups = principal?.userGroups;
  return (
    takeTask(resource, item, itemGuard, me, groups) && own(resource, 'instance') && own(instance, 'tenantId')
  );
};

const takeTaskOfTenantOrCase: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const tenant = principal?.tenantId;
  if (!is(instance.tenantId, tenant)) return false;
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  if (!readTaskOnly(resource, item, itemGuard, me)) return false;
  const groups = principal?.userGroups;
  if (!readTaskOfCaseOnly(resource, me, groups)) return false;
  return (
    takeTask(resource, item, itemGuard, me, groups) && own(resource, 'instance') && own(instance, 'tenantId')
  );
};

const takeTaskOfNobody: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  if (!readTaskOnly(resource, item, itemGuard, me)) return false;
  if (!rowsOfNobody(resource)) return false;
  const groups = principal?.userGroups;
  return takeTask(resource, item, itemGuard, me, groups);
};

const takeTaskOfNobodyOrCase: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const itemGuard = guardOf(item, OF_ITEM_GUARD);
  const me = principal?.userName;
  if (!readTaskOnly(resource, item, itemGuard, me)) return false;
  if (!rowsOfNobody(resource)) return false;
  const groups = principal?.userGroups;
  if (!readTaskOfCaseOnly(resource, me, groups)) return false;
  return takeTask(resource, item, itemGuard, me, groups);
};

const executeTaskOfTenant: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const tenant = principal?.tenantId;
  if (!is(instance.tenantId, tenant)) return false;
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const me = principal?.userName;
  return executeTask(resource, item, me) && own(resource, 'instance') && own(instance, 'tenantId');
};

const executeTaskOfTenantOrCase: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const tenant = principal?.tenantId;
  if (!is(instance.tenantId, tenant)) return false;
  const me = principal?.userName;
  const groups = principal?.userGroups;
  if (!readTaskOfCaseOnly(resource, me, groups)) return false;
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  return executeTask(resource, item, me) && own(resource, 'instance') && own(instance, 'tenantId');
};

const executeTaskOfNobody: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  if (!rowsOfNobody(resource)) return false;
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  const me = principal?.userName;
  return executeTask(resource, item, me);
};

const executeTaskOfNobodyOrCase: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  if (!rowsOfNobody(resource)) return false;
  const me = principal?.userName;
  const groups = principal?.userGroups;
  if (!readTaskOfCaseOnly(resource, me, groups)) return false;
  const item = rowOf(itemOf(resource), OF_ITEM, OF_ITEM_GUARD);
  return executeTask(resource, item, me);
};

const readInstanceOfTenant: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const tenant = principal?.tenantId;
  if (!is(instance.tenantId, tenant)) return false;
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return readInstance(resource, me, groups) && own(resource, 'instance') && own(instance, 'tenantId');
};

const readInstanceOfTenantOrCase: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  const instance = rowOf(resource.instance, OF_INSTANCE, OF_CASE_GUARD);
  const tenant = principal?.tenantId;
  if (!is(instance.tenantId, tenant)) return false;
  const me = principal?.userName;
  const groups = principal?.userGroups;
  if (!readTaskOfCaseOnly(resource, me, groups)) return false;
  return (
    (readInstance(resource, me, groups) || readInstanceOfCase(resource, me, groups)) &&
    own(resource, 'instance') &&
    own(instance, 'tenantId')
  );
};

const readInstanceOfNobody: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  if (!rowsOfNobody(resource)) return false;
  const me = principal?.userName;
  const groups = principal?.userGroups;
  return readInstance(resource, me, groups);
};

const readInstanceOfNobodyOrCase: PrincipalPredicate = (given, principal) => {
  const resource = partsOf(given);
  if (!rowsOfNobody(resource)) return false;
  const me = principal?.userName;
  const groups = principal?.userGroups;
  if (!readTaskOfCaseOnly(resource, me, groups)) return false;
  return readInstance(resource, me, groups) || readInstanceOfCase(resource, me, groups);
};

/** The code of lists of conditions, by their names. */
export const LISTS: Readonly<Record<string, Call>> = Object.freeze({
  readTask: readTaskAlone,
  takeTask: takeTaskAlone,
  rejectTask: rejectTaskAlone,
  escalateTask: escalateTaskAlone,
  readInstance: readInstanceAlone,
  delegateTask: delegateTaskAlone,
  readTaskOnly: readTaskOnlyAlone,
  rowsOfTenant: rowsOfTenantAlone,
  readTaskOfCase: readTaskOfCaseAlone,
  readTaskOfCaseOnly: readTaskOfCaseOnlyAlone,
  rowsOfNobody: rowsOfNobodyAlone,
  executeTask: executeTaskAlone,
  readInstanceOfCase: readInstanceOfCaseAlone,
  suspendTask: suspendTaskAlone,
});

/** The code of lists that are asked together. */
export const TOGETHER: Readonly<Record<string, PrincipalPredicate>> = Object.freeze({
  readTaskOfTenant,
  readTaskOfTenantOrCase,
  readTaskOfNobody,
  readTaskOfNobodyOrCase,
  takeTaskOfTenant,
  takeTaskOfTenantOrCase,
  takeTaskOfNobody,
  takeTaskOfNobodyOrCase,
  executeTaskOfTenant,
  executeTaskOfTenantOrCase,
  executeTaskOfNobody,
  executeTaskOfNobodyOrCase,
  readInstanceOfTenant,
  readInstanceOfTenantOrCase,
  readInstanceOfNobody,
  readInstanceOfNobodyOrCase,
});

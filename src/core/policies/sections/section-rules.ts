import {
  and,
  eq,
  EVERYTHING,
  exists,
  isAmong,
  isIn,
  isNothing,
  not,
  NOTHING,
  or,
  type Condition,
  type Names,
  type Reference,
} from '../../condition/condition.js';
import { keyOf } from '../../condition/key.js';
import { NO_USER_TASK } from '../../condition/element-types.js';
import { TENANT_MARK } from '../../marks/mark.js';
import { MOST_NAMED } from '../../condition/named.js';
import { OPERATIONS, type Operation } from '../../operation.js';
import type { Policy, PolicyAnswer, Rule } from '../../policy.js';
import type { SecureUser } from '../../principal.js';
import { ByPrincipal } from '../by-principal.js';
import { bitsOf, ROOT } from './permissions.js';
import type { ModelReach, Reach } from './reach.js';

/** The name of the policy. */
export const SECTIONS = 'sections';

const SAYS_NOTHING: PolicyAnswer = Object.freeze({});
const MY_TENANT: Reference = Object.freeze({ ref: 'user', path: 'tenantId' });
const OWNER = 'instance.guard.modelsOwner';
const BY_TENANT: Rule['search'] = Object.freeze([TENANT_MARK]);
/** The number of different answers that are shared. */
const MOST_SHARED = 1_000;

/** Operations that need the permission; on all others, sections only permit. */
const NEEDED: ReadonlySet<Operation> = new Set<Operation>([
  'model:read',
  'model:create',
  'model:write',
  'model:delete',
  'model:deploy',
  'model:report',
  'instance:start',
  'instance:migrate',
]);
/** The permission is necessary but not sufficient: the model also decides who may start it. */
const NOT_ENOUGH: Operation = 'instance:start';
/** Users who may read an instance also see its items other than user tasks. */
const ITEMS: ReadonlySet<Operation> = new Set<Operation>(['task:read', 'task:assignees']);

const permissionsFor = (operation: Operation): readonly string[] =>
  OPERATIONS[ITEMS.has(operation) ? 'instance:read' : operation].sections;

/** Matches instances of the models of an owner. Those stored before the guard ran a model of their tenant. */
function runsModelOf(owner: string | undefined, inTenant: boolean): Condition {
  if (owner !== undefined) return eq(OWNER, owner);
  const unsaid = exists(OWNER, false);
  return inTenant
    ? or(eq(OWNER, MY_TENANT), and(unsaid, eq('instance.tenantId', MY_TENANT)))
    : and(unsaid, exists('instance.tenantId', false));
}

const reachedBy = ({ all }: ModelReach, listed: Condition): Condition =>
  !all ? listed : isNothing(listed) ? EVERYTHING : not(listed);

/** Few names are compared as they are, as rules of other policies compare theirs; many are looked up. */
const oneOf = (field: string, names: Names): Condition =>
  names.most > MOST_NAMED ? isAmong(field, names) : isIn(field, names.list());

const onInstances = (reach: ModelReach, inTenant: boolean): Condition =>
  reachedBy(
    reach,
    or(
      ...reach.listed.map(({ owner, names }) =>
        and(oneOf('instance.name', names), runsModelOf(owner, inTenant)),
      ),
    ),
  );

/** A principal sees the models of one owner only. */
function onModels(reach: ModelReach, owner: string | undefined): Condition {
  const names = reach.listed.find((list) => list.owner === owner)?.names;
  return reachedBy(reach, names === undefined ? NOTHING : oneOf('model.name', names));
}

/** It says all itself: no names are left to be looked up. */
function isShort(condition: Condition): boolean {
  if (condition.op === 'not') return isShort(condition.of);
  return 'of' in condition ? condition.of.every(isShort) : !('names' in condition);
}

/** A new model names the section that it is for. */
function onNewModels(reach: Reach, bits: number): Condition {
  const ids: string[] = [];
  for (const { place } of reach.nodes(bits)) if ('section' in place) ids.push(place.section);
  return isIn('model.section', ids);
}

/** The owner under which the principal's models have their entries; undefined: its tenant. */
export const ownerOf = ({ owner, tenantId }: SecureUser): string | undefined =>
  owner === tenantId ? undefined : owner;

/** The part of a model to be made that the rules ask for, beside its name and owner. */
export const newModelIn = (section: string | undefined): { readonly section: string } => ({
  section: section ?? ROOT,
});

/** What a section gives: where it holds, and the marks to search by; without, they follow from where it holds. */
interface Given {
  readonly when: Condition;
  readonly search?: Rule['search'];
}

function givenBy(operation: Operation, reach: Reach, owner: string | undefined, inTenant: boolean): Given {
  const bits = bitsOf(permissionsFor(operation));
  if (operation === 'model:create') return { when: onNewModels(reach, bits) };
  const ofModels = OPERATIONS[operation].kind === 'model';
  const models = reach.models(bits, ofModels);
  if (ofModels) return { when: onModels(models, owner) };
  const instances = onInstances(models, inTenant);
  const when = ITEMS.has(operation) ? and(NO_USER_TASK, instances) : instances;
  // What nearly all have leaves nothing to search by.
  return models.all ? { when, search: BY_TENANT } : { when };
}

function answerFor(operation: Operation, given: Given): PolicyAnswer {
  const named = permissionsFor(operation).join(' or ');
  const rule = (says: string): readonly Rule[] =>
    Object.freeze([Object.freeze({ id: 'permission', says, ...given })]);
  return Object.freeze({
    ...(operation !== NOT_ENOUGH && { permissive: rule(`a section gives you the permission ${named}`) }),
    ...(NEEDED.has(operation) && { restrictive: rule(`it needs the section permission ${named}`) }),
  });
}

/**
 * The policy of the sections. Once there is one, reading, changing and starting models needs the permission of the
 * section or model; other permissions open instances to their holders, beside what the task rules give.
 */
export function sectionRules(sections: { reachOf(principal: SecureUser): Reach }): Policy {
  const byReach = new WeakMap<Reach, Map<string, PolicyAnswer>>();
  const byContent = new Map<string, PolicyAnswer>();
  /** One answer for all who reach the same few models, so that it is compiled once. */
  function shared(operation: Operation, given: Given): PolicyAnswer {
    if (!isShort(given.when)) return answerFor(operation, given);
    const key = `${operation} ${given.search} ${keyOf(given.when)}`;
    let answer = byContent.get(key);
    if (answer === undefined) {
      if (byContent.size >= MOST_SHARED) byContent.clear();
      byContent.set(key, (answer = answerFor(operation, given)));
    }
    return answer;
  }
  /** One answer for all who have their permissions from the same holders. */
  function answerTo(principal: SecureUser, operation: Operation): PolicyAnswer {
    const reach = sections.reachOf(principal);
    let answers = byReach.get(reach);
    if (answers === undefined) byReach.set(reach, (answers = new Map()));
    const owner = ownerOf(principal);
    const inTenant = principal.tenantId !== undefined;
    const key = JSON.stringify([operation, owner, inTenant]);
    let answer = answers.get(key);
    if (answer === undefined)
      answers.set(key, (answer = shared(operation, givenBy(operation, reach, owner, inTenant))));
    return answer;
  }
  const answers = new ByPrincipal(answerTo);
  return Object.freeze({
    name: SECTIONS,
    answer(principal, operation, facts) {
      if (permissionsFor(operation).length === 0 || facts.starts === true) return SAYS_NOTHING;
      return answers.of(principal, operation);
    },
  } satisfies Policy);
}

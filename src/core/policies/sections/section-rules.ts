import {
  and,
  eq,
  EVERYTHING,
  exists,
  isIn,
  isNothing,
  not,
  or,
  type Condition,
  type Reference,
} from '../../condition.js';
import { NO_USER_TASK } from '../../element-types.js';
import { TENANT_MARK } from '../../mark.js';
import { OPERATIONS, type Operation } from '../../operation.js';
import type { Policy, PolicyAnswer, Rule } from '../../policy.js';
import type { SecureUser } from '../../principal.js';
import { bitsOf, ROOT } from './permissions.js';
import type { ModelReach, Reach } from './reach.js';
import type { Sections } from './sections.js';

/** The name of the policy. */
export const SECTIONS = 'sections';

const SAYS_NOTHING: PolicyAnswer = Object.freeze({});
const MY_TENANT: Reference = Object.freeze({ ref: 'user', path: 'tenantId' });
const OWNER = 'instance.guard.modelsOwner';

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
/** The permission is needed, and does not suffice: who may start is for the model to say as well. */
const NOT_ENOUGH: Operation = 'instance:start';
/** Who may read an instance also sees those of its items that are no tasks of people. */
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

const onInstances = (reach: ModelReach, inTenant: boolean): Condition =>
  reachedBy(
    reach,
    or(
      ...reach.listed.map(({ owner, names }) =>
        and(isIn('instance.name', names), runsModelOf(owner, inTenant)),
      ),
    ),
  );

/** A principal sees the models of one owner only. */
const onModels = (reach: ModelReach, owner: string | undefined): Condition =>
  reachedBy(reach, isIn('model.name', reach.listed.find((list) => list.owner === owner)?.names ?? []));

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

function answerFor(
  operation: Operation,
  reach: Reach,
  owner: string | undefined,
  inTenant: boolean,
): PolicyAnswer {
  const permissions = permissionsFor(operation);
  const bits = bitsOf(permissions);
  const named = permissions.join(' or ');
  const ofModels = OPERATIONS[operation].kind === 'model';
  let when: Condition;
  let search: Rule['search'];
  if (operation === 'model:create') when = onNewModels(reach, bits);
  else {
    const models = reach.models(bits, ofModels);
    when = ofModels ? onModels(models, owner) : onInstances(models, inTenant);
    // What nearly all have leaves nothing to search by; else the models follow from the condition.
    if (!ofModels && models.all) search = Object.freeze([TENANT_MARK]);
  }
  if (ITEMS.has(operation)) when = and(NO_USER_TASK, when);
  const rule = (says: string): readonly Rule[] =>
    Object.freeze([Object.freeze({ id: 'permission', says, when, ...(search && { search }) })]);
  return Object.freeze({
    ...(operation !== NOT_ENOUGH && { permissive: rule(`a section gives you the permission ${named}`) }),
    ...(NEEDED.has(operation) && { restrictive: rule(`it needs the section permission ${named}`) }),
  });
}

/**
 * The policy of the sections. Once there is one, reading, changing and starting models needs the permission of the
 * section or model; other permissions open instances to their holders, beside what the task rules give.
 */
export function sectionRules(sections: Sections): Policy {
  const known = new WeakMap<Reach, Map<string, PolicyAnswer>>();
  return Object.freeze({
    name: SECTIONS,
    answer(principal, operation, facts) {
      if (permissionsFor(operation).length === 0 || facts.starts === true) return SAYS_NOTHING;
      const reach = sections.reachOf(principal);
      let answers = known.get(reach);
      if (answers === undefined) known.set(reach, (answers = new Map()));
      const owner = ownerOf(principal);
      const inTenant = principal.tenantId !== undefined;
      const key = JSON.stringify([operation, owner, inTenant]);
      let answer = answers.get(key);
      if (answer === undefined) answers.set(key, (answer = answerFor(operation, reach, owner, inTenant)));
      return answer;
    },
  } satisfies Policy);
}

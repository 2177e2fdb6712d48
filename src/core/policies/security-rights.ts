import { and, eq, EVERYTHING, NOTHING, or, type Condition } from '../condition/condition.js';
import { IS_USER_TASK } from '../condition/element-types.js';
import { TENANT_MARK } from '../marks/mark.js';
import { OPERATIONS, type Operation } from '../operation.js';
import type { Facts, Policy, PolicyAnswer, Rule } from '../policy.js';
import type { SecureUser } from '../principal.js';
import type { Right } from '../rights.js';
import { ByPrincipal } from './by-principal.js';

/** The name of the policy that security roles make. */
export const SECURITY_RIGHTS = 'security-rights';

const ME = Object.freeze({ ref: 'user', path: 'userName' } as const);
const OWN_TASK: Condition = or(eq('item.assignee', ME), eq('item.guard.owner', ME));

/** Rights that permit an operation only on one's own tasks. */
const OF_OWN: Readonly<Partial<Record<Operation, Right>>> = {
  'task:delegate': 'Todo:Delegate_Own',
  'task:escalate': 'Todo:Escalate_Own',
};

/**
 * Rights that permit an operation by themselves. Those for reading apply to all resources; the others only to resources
 * that their holder may read, which the enforcement points check separately.
 */
const OPENED_BY: Readonly<Partial<Record<Operation, Right | readonly Right[]>>> = {
  'task:read': 'Todo:Read_All',
  // With the right that it needs: readers of all tasks also see who may do them.
  'task:assignees': 'Todo:Read_All',
  'task:assign': 'Todo:Reassign',
  'task:delegate': 'Todo:Delegate_All',
  'task:escalate': 'Todo:Escalate_All',
  'instance:data': 'Variables:Update',
  'task:suspend': 'ModelInstance:Suspend',
  'instance:suspend': 'ModelInstance:Suspend',
  'instance:cancel': 'ModelInstance:Terminate',
  'instance:delete': 'Model:Delete',
  'instance:restart': 'ModelInstance:Write',
  'instance:migrate': 'ModelInstance:Update_Model',
  'instance:roles': 'Role:Manage',
  'model:create': 'Model:Manage',
  'model:write': 'Model:Manage',
  'model:delete': 'Model:Manage',
  'model:deploy': 'Model:Manage',
  'model:report': 'Report:Read_All',
  'system:audit': ['Exception:Read', 'Log:Read'],
  'system:expression': 'Expression:Evaluate',
};

/** The effect of security rights on an operation, for tables of the docs. */
export interface RightUse {
  /** One of them is required once security roles exist. */
  readonly needs: readonly Right[];
  /** Without another of them, this right permits only one's own tasks. */
  readonly ofOwn: Right | undefined;
  /** Each permits the operation in addition to what other policies permit. */
  readonly opens: readonly Right[];
}

/** The effect of security rights on an operation. */
export const rightUse = (operation: Operation): RightUse => ({
  needs: OPERATIONS[operation].rights as readonly Right[],
  ofOwn: OF_OWN[operation],
  opens: [OPENED_BY[operation] ?? []].flat(),
});

const rule = (id: string, says: string, when: Condition): Rule =>
  Object.freeze({ id, says, when, ...(when === NOTHING ? {} : { search: Object.freeze([TENANT_MARK]) }) });

const SAYS_NOTHING: PolicyAnswer = Object.freeze({});

/** The answers for holders of no right, of rights for own tasks only, of other rights, and of an opening right. */
interface Answers {
  readonly refused: PolicyAnswer;
  readonly own: PolicyAnswer;
  readonly held: PolicyAnswer;
  readonly opened: PolicyAnswer;
}

/** The right to take a refusal back; for refusing, the other rights of the operation count. */
const UNDO: Right = 'Todo:Undo_Reject';

/** The rights that `system:policy` needs, by its purpose; those about users also permit it. */
const ABOUT: Readonly<Record<NonNullable<Facts['about']>, readonly Right[]>> = {
  changes: ['SecurityRole:Manage'],
  persons: ['Person:Read', 'Person:Manage'],
  'person-changes': ['Person:Manage'],
};

/** The variants of an operation that need other rights. */
type Variant = 'usual' | 'undo' | keyof typeof ABOUT;

const variantOf = ({ undo, about }: Facts): Variant => about ?? (undo === true ? 'undo' : 'usual');

/** The rights of an operation: one of them is needed, and one of the others permits it by itself. */
function rightsFor(
  operation: Operation,
  variant: Variant,
): { needs: readonly Right[]; opens: readonly Right[] } {
  const { needs, opens } = rightUse(operation);
  if (operation === 'task:reject')
    return { needs: needs.filter((right) => (right === UNDO) === (variant === 'undo')), opens };
  if (operation !== 'system:policy' || variant === 'usual' || variant === 'undo') return { needs, opens };
  return { needs: ABOUT[variant], opens: variant === 'changes' ? [] : ABOUT[variant] };
}

function answersFor(operation: Operation, variant: Variant): Answers {
  const { needs, opens } = rightsFor(operation, variant);
  const { ofOwn } = rightUse(operation);
  const restricts = (says: string, when: Condition): PolicyAnswer =>
    Object.freeze({ restrictive: Object.freeze([rule('rights', says, when)]) });
  // The same for both, so that who sees all people of tasks is known without asking for each of them.
  const where = operation === 'task:read' || operation === 'task:assignees' ? and(IS_USER_TASK) : EVERYTHING;
  return Object.freeze({
    refused: restricts(`it needs the right ${needs.join(' or ')}`, NOTHING),
    own: restricts(`with the right ${ofOwn ?? ''} you may do it with your own tasks`, OWN_TASK),
    held: SAYS_NOTHING,
    opened: Object.freeze({
      permissive: Object.freeze([rule('right', `you hold the right ${opens.join(' or ')}`, where)]),
    }),
  });
}

/** Who holds which rights. */
interface HeldRights {
  /** False before the first role: nothing needs a right then. */
  readonly exist: boolean;
  rightsOf(principal: SecureUser): ReadonlySet<Right>;
}

/** The answers to each principal. */
function answersTo(roles: HeldRights, variant: Variant): ByPrincipal<PolicyAnswer> {
  const made = new Map<Operation, Answers>();
  const answers = (operation: Operation): Answers => {
    let found = made.get(operation);
    if (found === undefined) made.set(operation, (found = answersFor(operation, variant)));
    return found;
  };
  return new ByPrincipal((principal, operation) => {
    const { ofOwn } = rightUse(operation);
    const { needs, opens } = rightsFor(operation, variant);
    if (!roles.exist || needs.length === 0) return SAYS_NOTHING;
    const held = roles.rightsOf(principal);
    const any = needs.filter((right) => held.has(right));
    const { refused, own, held: asBefore, opened } = answers(operation);
    if (any.length === 0) return refused;
    if (opens.some((right) => held.has(right))) return opened;
    return any.every((right) => right === ofOwn) ? own : asBefore;
  });
}

/**
 * The policy of the security roles. Once a role exists, each operation with rights requires one of them, whatever other
 * policies permit; some rights also permit their operations.
 */
export function securityRights(roles: HeldRights): Policy {
  const answers = new Map<Variant, ByPrincipal<PolicyAnswer>>();
  return Object.freeze({
    name: SECURITY_RIGHTS,
    answer(principal, operation, facts) {
      const variant = variantOf(facts);
      let found = answers.get(variant);
      if (found === undefined) answers.set(variant, (found = answersTo(roles, variant)));
      return found.of(principal, operation);
    },
  } satisfies Policy);
}

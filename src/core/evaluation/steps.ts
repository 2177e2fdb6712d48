import { glance, isOwn, type Path } from './frame.js';
import type { SecureUser } from '../principal.js';
import type { Resource } from '../resource.js';
import { NO_FIELDS, type Row } from './rows.js';
import { isEqual, isOneOf, isPresent, type Test } from '../condition/tests.js';
import { isObject, type Scalar } from '../value.js';

/** The value that a field is compared with, or a value that each principal has or lacks. */
export type Operand = unknown;
export type ReadOperand = (principal: SecureUser) => Operand;

/** A test that is not of one field, such as of the elements of a list. */
export type Call = (item: unknown, resource: Resource, principal: SecureUser | undefined) => boolean;

// What a step does. Those up to OWN read one field and are evaluated in the loop of `runs`.
const EQ = 0;
const ONE_OF = 1;
const TEST = 2;
const CHOICE = 3;
const OWN = 4;
const CALL = 5;
const TRUE = 6;
const FALSE = 7;
const KINDS = { eq: EQ, oneOf: ONE_OF, test: TEST, choice: CHOICE, own: OWN, call: CALL } as const;
type Kind = keyof typeof KINDS;

/**
 * The fields that the task rules and the tenants test. They are read by literal names, in `look`: the compiler of the
 * JavaScript engine predicts those far better than computed names. The positions are the cases there.
 */
const READ_BY_NAME = [
  'item.type',
  'item.assignee',
  'item.candidateUsers',
  'item.candidateGroups',
  'item.status',
  'item.guard.open',
  'item.guard.closed',
  'item.guard.owner',
  'item.guard.startedBy',
  'item.guard.rejectedBy',
  'item.guard.completedBy',
  'instance.tenantId',
];
const ANY = -1;
const FIRST_OF_GUARD = 5;
const LAST_OF_GUARD = 10;
const OF_INSTANCE = 11;

// Where the operand comes from.
const CONSTANT = 0;
const USER_NAME = 1;
const USER_GROUPS = 2;
const TENANT_ID = 3;
const FROM_USER = 4;

/** The principal's own names are single values, its groups a list. */
function sourceOf(kind: Kind, path: string): number {
  if (kind === 'oneOf') return path === 'userGroups' ? USER_GROUPS : FROM_USER;
  if (path === 'userName') return USER_NAME;
  return path === 'tenantId' ? TENANT_ID : FROM_USER;
}

/** What a step tests, apart from where it leads: the same for all conditions that contain the test. */
export interface Leaf {
  readonly kind: number;
  readonly path: Path;
  /** Its position among the fields that are read by name, or `ANY`. */
  readonly field: number;
  /** The last segment of the path. */
  readonly key: string;
  readonly operand: Operand;
  readonly source: number;
  /** Reads the operand from the principal; missing: the operand is constant. */
  readonly read: ReadOperand | undefined;
  /** The result if the principal lacks the operand. */
  readonly unknown: boolean;
  readonly test: Test<never> | undefined;
  readonly call: Call | undefined;
}

interface LeafFields {
  readonly path?: Path;
  readonly operand?: Operand;
  /** The path of the operand in the principal, and how it is read. */
  readonly from?: { readonly path: string; readonly read: ReadOperand };
  readonly unknown?: boolean;
  readonly test?: Test<never> | undefined;
  readonly call?: Call;
}

const NO_PATH: Path = Object.freeze({ root: 'item', segments: Object.freeze([]) });

/** Creates a leaf with all fields in the same order, so that the loop meets objects of one shape. */
export function leafOf(kind: Kind, fields: LeafFields): Leaf {
  const { path = NO_PATH, from } = fields;
  return {
    kind: KINDS[kind],
    path,
    field: READ_BY_NAME.indexOf([path.root, ...path.segments].join('.')),
    key: path.segments.at(-1) ?? '',
    operand: fields.operand,
    source: from === undefined ? CONSTANT : sourceOf(kind, from.path),
    read: from?.read,
    unknown: fields.unknown ?? false,
    test: fields.test,
    call: fields.call,
  };
}

/** A step of a compiled condition: a test, and the step that follows if it holds, and if not. */
export class Step {
  readonly kind: number;
  readonly yes: Step;
  readonly no: Step;

  /** @param none for `choice`: the step that follows if the field has no value */
  constructor(
    readonly leaf: Leaf,
    yes?: Step,
    no?: Step,
    readonly none?: Step,
  ) {
    this.kind = leaf.kind;
    this.yes = yes ?? this;
    this.no = no ?? this;
  }
}

const end = (kind: number): Step => Object.freeze(new Step({ ...leafOf('call', {}), kind }));
/** The steps with which every condition ends. */
export const HOLDS = end(TRUE);
export const FAILS = end(FALSE);

const A_LIST: Row = Object.freeze({});

function guardOf(item: Row): Row {
  const { guard } = item;
  if (isObject(guard)) return guard;
  return Array.isArray(guard) ? A_LIST : NO_FIELDS;
}

/** The value of a field that is read by name. */
function look({ field, path }: Leaf, item: Row, guard: Row, resource: Resource): unknown {
  switch (field) {
    case 0:
      return item.type;
    case 1:
      return item.assignee;
    case 2:
      return item.candidateUsers;
    case 3:
      return item.candidateGroups;
    case 4:
      return item.status;
    case 5:
      return guard.open;
    case 6:
      return guard.closed;
    case 7:
      return guard.owner;
    case 8:
      return guard.startedBy;
    case 9:
      return guard.rejectedBy;
    case 10:
      return guard.completedBy;
    default: {
      const { instance } = resource;
      return isObject(instance) ? instance.tenantId : glance(path, item, resource);
    }
  }
}

function operandOf(leaf: Leaf, principal: SecureUser | undefined): Operand {
  switch (leaf.source) {
    case CONSTANT:
      return leaf.operand;
    case USER_NAME:
      return principal?.userName;
    case USER_GROUPS:
      return principal?.userGroups;
    case TENANT_ID:
      return principal?.tenantId;
    default:
      return principal && leaf.read?.(principal);
  }
}

function holdsFor({ kind, test }: Leaf, found: unknown, operand: Operand): boolean {
  if (kind === EQ) return typeof found === 'string' ? found === operand : isEqual(found, operand as Scalar);
  if (kind === ONE_OF) return isOneOf(found, operand as readonly Scalar[]);
  return (test as Test<unknown>)(found, operand);
}

/** {@link isOwn} for a field of an item or its guard that is read by name. */
const isOwnField = (key: string, item: Row, guard: Row | undefined): boolean =>
  guard === undefined ? Object.hasOwn(item, key) : Object.hasOwn(item, 'guard') && Object.hasOwn(guard, key);

/**
 * The result of a condition for an item, its resource and a principal. One loop reads one field after the other, which
 * the processor predicts better than calls of closures. What it reads may be inherited: before a value leads to a yes,
 * it is checked to be the object's own. Most tests fail and need no second look.
 */
export function runs(first: Step, item: unknown, resource: Resource, principal?: SecureUser): boolean {
  const row = isObject(item) ? item : undefined;
  let known: Row | undefined;
  let step = first;
  for (;;) {
    const { kind, leaf } = step;
    if (kind >= CALL) {
      if (kind !== CALL) return kind === TRUE;
      step = leaf.call?.(item, resource, principal) === true ? step.yes : step.no;
      continue;
    }
    const ofGuard = leaf.field >= FIRST_OF_GUARD && leaf.field <= LAST_OF_GUARD;
    if (ofGuard && row !== undefined) known ??= guardOf(row);
    const guard = ofGuard ? known : undefined;
    const byName = row !== undefined && leaf.field !== ANY && guard !== A_LIST;
    if (kind !== OWN) {
      const found = byName ? look(leaf, row, guard as Row, resource) : glance(leaf.path, item, resource);
      if (kind === CHOICE) {
        if (!isPresent(found)) step = step.none as Step;
        else step = isEqual(found, leaf.operand as Scalar) ? step.yes : step.no;
        continue;
      }
      const isThere = found !== undefined && found !== null;
      // Most fields are unset: then the principal's value does not matter, unless lacking it counts as true.
      if (!isThere && !leaf.unknown) {
        step = step.no;
        continue;
      }
      const operand = operandOf(leaf, principal);
      const isKnown = operand !== undefined || leaf.source === CONSTANT;
      if (!isKnown || !isThere || !holdsFor(leaf, found, operand)) {
        step = !isKnown && leaf.unknown ? step.yes : step.no;
        continue;
      }
    }
    const own =
      byName && leaf.field !== OF_INSTANCE
        ? isOwnField(leaf.key, row, guard)
        : isOwn(leaf.path, item, resource);
    step = own ? step.yes : step.no;
  }
}

import { eq, EVERYTHING, NOTHING, or, type Condition } from '../../core/condition/condition.js';
import type { IsHidden } from '../../core/decision/ruling.js';
import type { HiddenFields } from '../../core/fields/hidden-fields.js';
import type { InstanceRecord } from '../../core/resource.js';
import type { Scope } from '../../core/decision/scope.js';
import type { Hidden } from '../../store/query/hidden.js';

/** Fields that name one person. That person always sees them. */
const ONE: ReadonlySet<string> = new Set(['assignee', 'guard.completedBy']);
const SEVERAL: ReadonlySet<string> = new Set(['candidateUsers', 'candidateGroups']);

/** The condition under which a principal sees a field of an item; undefined: it names nobody. */
type ShowsPeople = (field: string) => Condition | undefined;

/** @param scope the scope in which the principal sees assignees */
export function hiddenPeople(scope: Scope, userName: string): ShowsPeople {
  const shown: Condition =
    scope.kind === 'everything' ? EVERYTHING : scope.kind === 'nothing' ? NOTHING : scope.condition;
  const known = new Map<string, Condition>();
  return (field) => {
    if (SEVERAL.has(field)) return shown;
    if (!ONE.has(field)) return undefined;
    const own = known.get(field) ?? or(shown, eq(`item.${field}`, userName));
    known.set(field, own);
    return own;
  };
}

/** What lists hide; undefined: nothing. */
export function hiddenParts(
  people: ShowsPeople | undefined,
  fields: HiddenFields | undefined,
): Hidden | undefined {
  if (people === undefined && fields === undefined) return undefined;
  return {
    shows: (on, field) =>
      on === 'row' ? fields?.shows(field) : field === 'itemKey' ? fields?.showsAll() : people?.(field),
  };
}

const DATA = 'instance.data.';

/** Whether a field that rules compare is hidden in the instance; undefined if nothing is hidden there. */
export function hiddenToRules(
  fields: HiddenFields | undefined,
  instance: InstanceRecord | undefined,
): IsHidden | undefined {
  if (fields === undefined || instance === undefined || !fields.hidesIn(instance)) return undefined;
  const known = new Map<string, boolean>();
  return (field) => {
    let isHidden = known.get(field);
    if (isHidden === undefined) {
      const path = field.startsWith(DATA) ? field.slice(DATA.length) : undefined;
      isHidden = path !== undefined && fields.hiddenIn(instance, [path]) !== undefined;
      known.set(field, isHidden);
    }
    return isHidden;
  };
}

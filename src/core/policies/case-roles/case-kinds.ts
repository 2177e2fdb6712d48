import type { PolicyChange } from '../../policy-set/policy-set.js';

/** The kinds of policy set entries about cases. */
export const CASE_OPERATION = 'case-operation';
export const CASE_FIELD = 'case-field';

/** The roles that may perform a case operation; none: nobody but administrators. */
export interface CaseOperationEntry {
  readonly roles: readonly string[];
}

/** The roles that see a field of the data of a case; none: nobody but administrators. */
export interface CaseFieldEntry {
  readonly roles: readonly string[];
  /** Only in cases of these models; missing: in all cases. */
  readonly models?: readonly string[];
  /** Description of its purpose. */
  readonly says?: string;
}

/** The case roles that an entry names; none for other kinds and for removals. */
export const rolesNamedBy = ({ kind, value }: Pick<PolicyChange, 'kind' | 'value'>): readonly string[] =>
  value !== null && (kind === CASE_OPERATION || kind === CASE_FIELD)
    ? (value as CaseOperationEntry).roles
    : [];

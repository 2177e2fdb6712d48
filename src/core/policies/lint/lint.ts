import { unknownName } from '../../options.js';
import type { PolicyChange, PolicySet } from '../../policy-set/policy-set.js';
import { show } from '../../value.js';
import { rolesNamedBy } from '../case-roles/case-kinds.js';
import { dutiesIn } from '../duties/duty.js';
import type { NamedElement } from '../entries.js';
import { GRID_LABEL, GRID_RULE, type GridContents } from '../grid/grid.js';
import { dutyFindings } from './duty-findings.js';
import type { LintFinding, LintModel, LintPerson, LintReport } from './finding.js';
import { gridFindings } from './grid-findings.js';
import { nobodyLeft } from './nobody-left.js';
import { Work } from './work.js';

/** Comparisons and decisions of one run, and findings that it reports. */
const LINT_MOST = { steps: 50_000, findings: 1000 } as const;

/** What the linter looks at. */
export interface LintInput {
  readonly set: PolicySet;
  /** The models that exist, as far as entries name them. */
  readonly models: ReadonlyMap<string, LintModel>;
  /** The names of all models, for hints. */
  readonly modelNames: readonly string[];
  /** The case roles that models declare, and those that defaults name. */
  readonly caseRoles: readonly string[];
  /** The people who may do tasks; missing: they are not known. */
  readonly people?: readonly LintPerson[] | undefined;
  /** The models and elements that an entry names. */
  readonly namesIn: (entry: PolicyChange) => readonly NamedElement[];
}

function* unknownNames({ set, models, modelNames, namesIn }: LintInput): IterableIterator<LintFinding> {
  for (const entry of set.changes())
    for (const { model, element, types } of namesIn(entry)) {
      const known = models.get(model);
      const is = element === undefined ? undefined : known?.elements.get(element);
      if (
        known !== undefined &&
        (element === undefined || (is !== undefined && types?.includes(is) !== false))
      )
        continue;
      const ids = [...(known?.elements ?? [])]
        .filter(([, type]) => types?.includes(type) !== false)
        .map(([id]) => id);
      yield {
        severity: 'warning',
        rule: 'unknown-name',
        kind: entry.kind,
        id: entry.id,
        message:
          known === undefined
            ? `There is no model ${show(model)}. ${unknownName(model, modelNames)}`
            : `The model ${show(model)} has no such element ${show(element)}. ${unknownName(element as string, ids)}`,
        counterexample: { model, ...(element !== undefined && { element }) },
      };
    }
}

function* unknownRoles({ set, caseRoles }: LintInput): IterableIterator<LintFinding> {
  for (const entry of set.changes())
    for (const role of rolesNamedBy(entry))
      if (!caseRoles.includes(role))
        yield {
          severity: 'warning',
          rule: 'unknown-name',
          kind: entry.kind,
          id: entry.id,
          message: `No model declares the role ${show(role)}. ${unknownName(role, caseRoles)}`,
          counterexample: { role },
        };
}

/**
 * Proves what is wrong with a policy set, with counterexamples: names that nothing has, rules that can never hold or
 * are hidden by others, labels that nobody can win, tasks that duties leave to nobody. What it does not report is not
 * proven right.
 */
export function lint(input: LintInput): LintReport {
  const { set, models, people } = input;
  const work = new Work(LINT_MOST.steps);
  const duties = [...dutiesIn(set)];
  const contents = { rules: set.of(GRID_RULE), labels: set.of(GRID_LABEL) } as unknown as GridContents;
  function* all(): IterableIterator<LintFinding> {
    yield* unknownNames(input);
    yield* unknownRoles(input);
    yield* dutyFindings(duties, work);
    yield* gridFindings(contents, people, work);
    if (duties.length === 0) return;
    if (people === undefined || people.length === 0)
      work.leaveOut('which tasks duties leave to nobody: no people are known');
    else yield* nobodyLeft(set, duties, models, people, work);
  }
  const findings: LintFinding[] = [];
  for (const finding of all()) {
    if (findings.length === LINT_MOST.findings) {
      work.leaveOut(`more than ${LINT_MOST.findings} findings`);
      break;
    }
    findings.push(Object.freeze(finding));
  }
  const { leftOut } = work;
  return Object.freeze({ findings: Object.freeze(findings), complete: leftOut.length === 0, leftOut });
}

import type { LintPerson } from '../core/policies/lint/finding.js';
import { lint } from '../core/policies/lint/lint.js';
import { namesIn } from '../core/policy-set/kinds.js';
import { ModelNames } from '../engine/policies/known-names.js';
import { storedPolicies } from '../engine/policy-book/stored-policies.js';
import { userDirectory } from '../engine/users/directory.js';
import type { Store } from '../store/port.js';
import type { Run } from './maintenance.js';
import { nameIn, readArguments } from './options.js';
import { withStore } from './store.js';

/** The users of the store, as the people who may do tasks; undefined: the users are kept elsewhere. */
async function peopleIn(store: Store, tenant: string | null): Promise<LintPerson[] | undefined> {
  const users = (await userDirectory(store).list()).filter((user) => user.disabled !== true);
  const own = users.filter(({ tenantId }) => (tenantId ?? null) === tenant);
  return users.length === 0 ? undefined : own;
}

/** Looks for rules that cannot do what they say; exit code 1 when there are any. */
export const lintPolicies: Run = (args, io) => {
  const { values } = readArguments(args, [], { tenant: { type: 'string' }, json: { type: 'boolean' } });
  const tenant = nameIn(values.tenant, '--tenant') ?? null;
  return withStore(values, io, async (store) => {
    const { modelKeeper } = await import('../engine/execution/definition-loader.js');
    const { modelsOf } = await import('../engine/policies/lint-facts.js');
    const { set } = await storedPolicies(store).current(tenant);
    const names = new ModelNames(store, modelKeeper(store), tenant);
    const [models, modelNames] = await Promise.all([modelsOf(set, names), names.all()]);
    const caseRoles = await names.caseRoles();
    const people = await peopleIn(store, tenant);
    const { findings, leftOut } = lint({ set, models, modelNames, caseRoles, people, namesIn });
    for (const finding of findings) {
      const { severity, kind, id, message } = finding;
      io.out(values.json === true ? JSON.stringify(finding) : `${severity}: ${kind} ${id}: ${message}`);
    }
    for (const what of leftOut) io.err(`not looked at: ${what}`);
    if (findings.length === 0 && values.json !== true)
      io.out(leftOut.length === 0 ? 'nothing found' : 'nothing found in what was looked at');
    return findings.length === 0 ? 0 : 1;
  });
};

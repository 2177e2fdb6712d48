import { notFound } from '../../core/errors.js';
import { count, FLAG, listOf } from '../../core/options.js';
import { lint } from '../../core/policies/lint/lint.js';
import { differences } from '../../core/policy-set/difference.js';
import { changesRead, copyOfChanges, namesIn, setAfter } from '../../core/policy-set/kinds.js';
import type { PolicyChange, PolicySet } from '../../core/policy-set/policy-set.js';
import { isDisabled, looksLikeUser, toPrincipal } from '../../core/principal.js';
import type { Call } from '../enforcement/call.js';
import type { CommandParts } from '../enforcement/command-parts.js';
import type { PoliciesApi } from '../contract/policy-types.js';
import { atOnce, copyOf, checked } from '../contract/arguments.js';
import { dutiesApi } from './duties-api.js';
import { importChanges, printPolicyFile, readPolicyText } from './files/policy-text.js';
import type { InForce } from '../policy-book/policy-book.js';
import { CHANGE_OPTIONS, HISTORY_OPTIONS, MANAGE, PolicyCommands, READ } from './policy-commands.js';
import { sectionsApi } from './sections-api.js';
import { knownPeople, modelsOf } from './lint-facts.js';
import { securityRolesApi } from './security-roles-api.js';
import { caseFieldsApi, caseOperationsApi } from './case-roles-api.js';
import { gridApi } from './grid/grid-api.js';

const READ_OPTIONS = { version: count('versions', 0) };
const LINT_OPTIONS = {
  people: listOf('users, each an object with a userName', { takes: 'a user', holds: looksLikeUser }),
};
const IMPORT_OPTIONS = { ...CHANGE_OPTIONS, replace: FLAG };

/** The set that a caller requests: at a version, or the newest. */
async function setAt(
  { calls, tenantOf }: PolicyCommands,
  call: Call,
  { set }: InForce,
  of: string,
  options: { readonly version?: number } | undefined,
): Promise<PolicySet> {
  const { version } = checked(of, options, READ_OPTIONS);
  if (version === undefined) return set;
  if (version > set.version) throw notFound('version');
  return calls.book.at(tenantOf(call), version);
}

/** Reads and changes the policy set of the caller's tenant. */
export function policiesApi({ calls, models }: Pick<CommandParts, 'calls' | 'models'>): PoliciesApi {
  const commands = new PolicyCommands(calls, models);
  const { turns } = calls.book;
  const mayMake =
    (now: InForce, changes: readonly PolicyChange[]) =>
    (asker: Call): void => {
      commands.assertPolicy(asker);
      commands.assertMayChange(asker, now, changes);
    };
  const mayChange = (asker: Call): void => {
    commands.assertPolicy(asker);
    commands.assertChanger(asker);
  };
  return Object.freeze({
    version: (user) =>
      commands.run(user, async (call, now) => {
        if (!commands.holds(call, now, READ, MANAGE)) commands.assertPolicy(call);
        return now.set.version;
      }),
    read: (options, user) =>
      commands.run(user, async (call, now) => {
        commands.assertPolicy(call);
        const set = await setAt(commands, call, now, 'policies.read', options);
        return { version: set.version, entries: [...set.changes()] };
      }),
    history: (options, user) =>
      commands.run(user, async (call) => {
        commands.assertPolicy(call);
        return commands.history(call, checked('policies.history', options, HISTORY_OPTIONS));
      }),
    apply: (changes, options, user) => {
      const given = atOnce(() => copyOfChanges(changes));
      const how = copyOf(options);
      return commands.inTurn(user, mayChange, async (call, now) => {
        const read = await turns.finish(changesRead(given()));
        const may = mayMake(now, read);
        may(call);
        return commands.change(call, now, read, how, may);
      });
    },
    diff: (changes, user) => {
      const given = atOnce(() => copyOfChanges(changes));
      return commands.run(user, async (call, { set }) => {
        commands.assertPolicy(call);
        const read = await turns.finish(changesRead(given()));
        return differences(set, await turns.finish(setAfter(set, read)));
      });
    },
    export: (options, user) =>
      commands.run(user, async (call, now) => {
        commands.assertPolicy(call);
        return printPolicyFile(await setAt(commands, call, now, 'policies.export', options));
      }),
    import: (text, options, user) => {
      const how = copyOf(options);
      return commands.inTurn(user, mayChange, async (call, now) => {
        const { replace, ...rest } = checked('policies.import', how, IMPORT_OPTIONS);
        const { set } = now;
        // Not before it is known that its sender may change policies: reading takes time.
        const parsed = await readPolicyText(text, turns);
        const changes = await turns.finish(
          importChanges(set, parsed, commands.tenantOf(call), replace === true),
        );
        const may = mayMake(now, changes);
        may(call);
        return changes.length === 0
          ? { version: set.version }
          : commands.change(call, now, changes, rest, may);
      });
    },
    lint: (options, user) => {
      const how = copyOf(options);
      return commands.run(user, async (call, { set }) => {
        commands.assertPolicy(call);
        const { people } = checked('policies.lint', how, LINT_OPTIONS);
        const names = commands.namesOf(call);
        const [found, modelNames, caseRoles] = await Promise.all([
          modelsOf(set, names),
          names.all(),
          names.caseRoles(),
        ]);
        const known =
          people?.filter((person) => !isDisabled(person)).map((person) => toPrincipal(person)) ??
          (await knownPeople(set, found, calls.principals, commands.tenantOf(call)));
        return lint({ set, models: found, modelNames, caseRoles, people: known, namesIn });
      });
    },
    securityRoles: securityRolesApi(commands),
    duties: dutiesApi(commands),
    sections: sectionsApi(commands),
    caseOperations: caseOperationsApi(commands),
    caseFields: caseFieldsApi(commands),
    grid: gridApi(commands),
  } satisfies PoliciesApi);
}

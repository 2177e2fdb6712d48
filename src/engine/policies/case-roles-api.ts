import { BadInput } from '../../core/errors.js';
import { asCaseOperation } from '../../core/policies/case-roles/entries.js';
import {
  CASE_FIELD,
  CASE_OPERATION,
  type CaseFieldEntry,
} from '../../core/policies/case-roles/case-kinds.js';
import { CASE_OPERATIONS } from '../../core/policies/case-roles/operations.js';
import {
  caseOperationEntries,
  configuredOperations,
  printCaseAuthorization,
  readCaseAuthorization,
} from '../../core/policies/case-roles/properties.js';
import { readChanges } from '../../core/policy-set/kinds.js';
import type { PolicyChange } from '../../core/policy-set/policy-set.js';
import { badPolicy } from '../../core/policies/entries.js';
import { compareText, show } from '../../core/value.js';
import type { CaseFieldsApi, CaseOperationsApi } from '../contract/case-types.js';
import type { Call } from '../enforcement/call.js';
import { atOnce } from '../contract/arguments.js';
import type { InForce } from '../policy-book/policy-book.js';
import { removal, type PolicyCommands } from './policy-commands.js';
import { statedChanges } from './stated-changes.js';

type Make = (now: InForce, call: Call) => PolicyChange[] | Promise<PolicyChange[]>;

const answering = <T>(commands: PolicyCommands, user: unknown, answer: (now: InForce) => T): Promise<T> =>
  commands.run(user, async (call, now) => {
    commands.assertPolicy(call);
    return answer(now);
  });

function textOf(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new BadInput(
    'bad-policy',
    'The case operations must be the text of a case-authorization.properties.',
  );
}

/** Reads and changes the case operations of the caller's tenant. */
export function caseOperationsApi(commands: PolicyCommands): CaseOperationsApi {
  return Object.freeze({
    list: (user) =>
      answering(commands, user, ({ set, caseRoles }) =>
        CASE_OPERATIONS.map((operation) => {
          const roles = caseRoles.rolesFor(operation);
          const configured = configuredOperations(set).has(operation);
          return { operation, ...(roles !== undefined && { roles }), configured };
        }),
      ),
    save: (operation, roles, options, user) =>
      commands.changing(
        user,
        options,
        atOnce(() =>
          readChanges([{ kind: CASE_OPERATION, id: asCaseOperation(operation), value: { roles } }]),
        ),
      ),
    reset: (operation, options, user) => {
      const id = atOnce(() => asCaseOperation(operation));
      return commands.changing(user, options, (now) =>
        removal(now, CASE_OPERATION, id(), 'configuration of it'),
      );
    },
    load: (text, options, user) => {
      const given = atOnce(() => textOf(text));
      const make: Make = async ({ set }, call) => {
        const roles = await commands.namesOf(call).caseRoles();
        // Operations that the file does not name get their defaults back.
        const stated = caseOperationEntries(readCaseAuthorization(given(), { roles }));
        const drops = ({ kind }: PolicyChange): boolean => kind === CASE_OPERATION;
        return commands.calls.book.turns.finish(statedChanges(set, stated, drops));
      };
      return commands.changing(user, options, make, { ifAny: true });
    },
    text: (user) => answering(commands, user, ({ set }) => printCaseAuthorization(set)),
  } satisfies CaseOperationsApi);
}

/** Reads and changes the fields of the caller's tenant that only some roles see. */
export function caseFieldsApi(commands: PolicyCommands): CaseFieldsApi {
  return Object.freeze({
    list: (user) =>
      answering(commands, user, ({ set }) =>
        [...set.of(CASE_FIELD)]
          .map(([field, entry]) => ({ field, ...(entry as CaseFieldEntry) }))
          .sort((a, b) => compareText(a.field, b.field)),
      ),
    save: (field, entry, options, user) =>
      commands.changing(
        user,
        options,
        atOnce(() => readChanges([{ kind: CASE_FIELD, id: field, value: entry ?? undefined }])),
      ),
    remove: (field, options, user) => {
      const given = atOnce(() =>
        typeof field === 'string'
          ? field
          : badPolicy(`The name of a hidden field must be a text, got ${show(field)}.`),
      );
      return commands.changing(user, options, (now) => removal(now, CASE_FIELD, given(), 'hidden field'));
    },
  } satisfies CaseFieldsApi);
}

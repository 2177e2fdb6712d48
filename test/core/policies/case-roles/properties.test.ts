import fc from 'fast-check';
import { CASE_OPERATIONS } from '../../../../src/core/policies/case-roles/operations.js';
import {
  caseOperationEntries,
  configuredOperations,
  printCaseAuthorization,
  readCaseAuthorization,
  type CaseAuthorization,
} from '../../../../src/core/policies/case-roles/properties.js';
import { statedChanges } from '../../../../src/engine/policies/stated-changes.js';
import { changedSet, readChanges } from '../../../../src/core/policy-kinds.js';
import { PolicySet } from '../../../../src/core/policy-set.js';

const rolesIn = (text: string) =>
  Object.fromEntries([...readCaseAuthorization(text)].map(([operation, { roles }]) => [operation, roles]));

test('a line is an operation and its roles; blanks around names do not count, an empty list is nobody', () => {
  const text =
    '\uFEFF# who may\r\nCANCEL_CASE = owner , admin \n\n! also\nADD_DATA=\n DESTROY_CASE=owner,owner';
  expect(rolesIn(text)).toEqual({ CANCEL_CASE: ['admin', 'owner'], ADD_DATA: [], DESTROY_CASE: ['owner'] });
});

test.each([
  [
    'CANCEL_CASE=owner\nCANCEL_CAS=owner',
    'line 2: Unknown case operation "CANCEL_CAS". Did you mean CANCEL_CASE?',
  ],
  ['cancel_case=owner', 'line 1: Unknown case operation "cancel_case"'],
  ['CANCEL_CASE=owner\n\n# again\nCANCEL_CASE=admin', 'line 4: CANCEL_CASE is given twice'],
  ['CANCEL_CASE owner', 'line 1: Expected OPERATION=role1,role2'],
  ['CANCEL_CASE:owner', 'line 1: Expected OPERATION=role1,role2'],
  ['CANCEL_CASE=owner,\\\n  admin', 'line 1: Expected OPERATION=role1,role2'],
  ['CANCEL_CASE=own\\u0065r', 'line 1: Expected OPERATION=role1,role2'],
  ['=owner', 'line 1: Unknown case operation ""'],
  ['CANCEL_CASE=owner,', 'line 1: Expected names of roles, separated by commas, got ""'],
  ['CANCEL_CASE=owner;admin', 'line 1: Expected names of roles'],
  ['ADD_DATA=owner\rREMOVE_DATA=bos', 'line 2: No model declares the role "bos". Did you mean boss?'],
  ['constructor=owner', 'line 1: Unknown case operation'],
])('%j is refused as a whole, with its line', (text, message) => {
  const how = { file: 'c.properties', roles: ['owner', 'admin', 'boss'] };
  expect(() => readCaseAuthorization(text, how)).toThrow(
    expect.objectContaining({
      code: 'bad-policy',
      message: expect.stringContaining(`c.properties, ${message}`) as unknown,
    }),
  );
});

const role = fc.constantFrom('owner', 'admin', 'hr', 'first-level_2');
const file = fc.dictionary(fc.constantFrom(...CASE_OPERATIONS), fc.uniqueArray(role, { maxLength: 3 }));

const changesFor = (set: PolicySet, wanted: CaseAuthorization) =>
  statedChanges(set, caseOperationEntries(wanted), () => true);

test('a written file reads back the same, and loading it replaces any configuration', () => {
  fc.assert(
    fc.property(file, file, (before, after) => {
      const setOf = (set: PolicySet, wanted: Readonly<Record<string, string[]>>): PolicySet => {
        const text = Object.entries(wanted).map(([name, roles]) => `${name}=${roles.join(' , ')}`);
        const changes = changesFor(set, readCaseAuthorization(text.join('\n')));
        return changes.length === 0 ? set : changedSet(set, readChanges(changes));
      };
      const loaded = setOf(setOf(PolicySet.EMPTY, before), after);
      const sorted = Object.fromEntries(
        Object.entries(after).map(([name, roles]) => [name, [...roles].sort()]),
      );
      expect(rolesIn(printCaseAuthorization(loaded))).toEqual(sorted);
      expect(changesFor(loaded, configuredOperations(loaded))).toEqual([]);
    }),
  );
});

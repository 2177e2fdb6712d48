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
import { changedSet, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';
import { atOnce } from '../../../../src/core/in-steps.js';

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

test('a byte order mark is taken away at the beginning only', () => {
  expect(rolesIn('\uFEFFADD_DATA=owner')).toEqual({ ADD_DATA: ['owner'] });
  expect(() => readCaseAuthorization('ADD_DATA=owner\n\uFEFF')).not.toThrow();
  expect(() => readCaseAuthorization('ADD_DATA=own\uFEFFer')).toThrow('Expected names of roles');
});

test('a file has at most 100,000 characters and 1,000 lines', () => {
  const [line, comment] = ['ADD_DATA=owner\n', '#'.repeat(99_985)];
  expect(rolesIn(line + comment)).toEqual({ ADD_DATA: ['owner'] });
  expect(rolesIn(line + '\n'.repeat(998))).toEqual({ ADD_DATA: ['owner'] });
  for (const [text, most] of [
    [`${line}${comment}#`, '100000 characters'],
    [line + '\n'.repeat(999), '1000 lines'],
  ] as const)
    expect(() => readCaseAuthorization(text)).toThrow(
      expect.objectContaining({
        code: 'too-large',
        message: `A file of case operations has at most ${most}.`,
      }),
    );
});

test('what is no text is no file', () => {
  expect(() => readCaseAuthorization(Buffer.from('ADD_DATA=owner') as unknown as string)).toThrow(
    new TypeError('readCaseAuthorization takes the text of a file.'),
  );
});

test('names of roles are not looked up where none are known, and the file has its usual name', () => {
  expect(rolesIn('ADD_DATA=anybody')).toEqual({ ADD_DATA: ['anybody'] });
  expect(() => readCaseAuthorization('\nx')).toThrow('case-authorization.properties, line 2: Expected');
});

const role = fc.constantFrom('owner', 'admin', 'hr', 'first-level_2');
const file = fc.dictionary(fc.constantFrom(...CASE_OPERATIONS), fc.uniqueArray(role, { maxLength: 3 }));

const changesFor = (set: PolicySet, wanted: CaseAuthorization) =>
  atOnce(statedChanges(set, caseOperationEntries(wanted), () => true));

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

import { unknownName } from '../../options.js';
import { show } from '../../value.js';
import { FIELD_SEGMENTS, isDataField } from '../../field-rule.js';
import { badPolicy, entryFields, entryText, oneOf, type EntryKinds } from '../entries.js';
import { CASE_FILE } from './case-file.js';
import { CASE_FIELD, CASE_OPERATION, type CaseFieldEntry, type CaseOperationEntry } from './case-kinds.js';
import { isRoleName } from './declaration.js';
import { CASE_OPERATIONS, type CaseOperation } from './operations.js';

/** Roles or models that one entry may name. */
const MOST = 100;

function roles(value: unknown, what: string): string[] {
  if (!Array.isArray(value) || value.length > MOST)
    return badPolicy(`${what} takes a list of at most ${MOST} roles, got ${show(value)}.`);
  const read = Array.from(value as unknown[], (name) => {
    const role = typeof name === 'string' ? name.trim().normalize('NFC') : name;
    return isRoleName(role) ? role : badPolicy(`${what} takes names of roles, got ${show(name)}.`);
  });
  return [...new Set(read)].sort();
}

function models(value: unknown, what: string): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST)
    return badPolicy(`${what} takes models, a list of 1 to ${MOST} names, got ${show(value)}.`);
  const read = Array.from(value as unknown[], (name) =>
    typeof name === 'string' && name.trim() !== '' && name.length <= 200
      ? name.trim().normalize('NFC')
      : badPolicy(`${what} takes names of models, got ${show(name)}.`),
  );
  return [...new Set(read)].sort();
}

/** @throws BadInput `bad-policy`, naming the nearest case operation */
export const asCaseOperation = (name: unknown): CaseOperation =>
  oneOf(typeof name === 'string' ? name.trim() : name, 'case operation', CASE_OPERATIONS);

function readOperation(id: string, value: unknown): CaseOperationEntry {
  const what = `The case operation ${asCaseOperation(id)}`;
  if (id !== id.trim()) badPolicy(`Unknown case operation ${show(id)}. ${unknownName(id, CASE_OPERATIONS)}`);
  return { roles: roles(entryFields(value, what, ['roles']).roles, what) };
}

function readField(id: string, value: unknown): CaseFieldEntry {
  const what = `The field ${show(id)}`;
  if (!isDataField(id))
    badPolicy(
      `${what} must be a path below data, such as data.salary, of at most ${FIELD_SEGMENTS} names; a position in a list is no name.`,
    );
  const given = entryFields(value, what, ['roles', 'models', 'says']);
  const [only, says] = [models(given.models, what), entryText(given.says, what)];
  return {
    roles: roles(given.roles, what),
    ...(only !== undefined && { models: only }),
    ...(says !== undefined && { says }),
  };
}

/** The entries of case operations and of fields for some roles only. */
export const CASE_ENTRIES: EntryKinds = Object.freeze({
  kinds: { [CASE_OPERATION]: readOperation, [CASE_FIELD]: readField },
  file: CASE_FILE,
  names: (kind, value) =>
    kind === CASE_FIELD ? ((value as CaseFieldEntry).models ?? []).map((model) => ({ model })) : [],
} satisfies EntryKinds);

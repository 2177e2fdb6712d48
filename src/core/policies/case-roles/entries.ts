import { unknownName } from '../../options.js';
import { show } from '../../value.js';
import { FIELD_SEGMENTS, isDataField } from '../../fields/field-rule.js';
import type { PolicyChange, PolicySet } from '../../policy-set/policy-set.js';
import { BadEntry, badPolicy, entryFields, entryText, oneOf, type EntryKinds } from '../entries.js';
import { CASE_FILE } from './case-file.js';
import { CASE_FIELD, CASE_OPERATION, type CaseFieldEntry, type CaseOperationEntry } from './case-kinds.js';
import { isRoleName } from './declaration.js';
import { CASE_OPERATIONS, type CaseOperation } from './operations.js';

/** Roles or models that one entry may name. */
const MOST = 100;
/**
 * Fields of a set, and the roles and models in their different limits: a query for data above many fields states all of
 * these.
 */
const MOST_FIELDS = { fields: 2000, names: 500 };

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
      `${what} must be a path below data, such as data.salary, of at most ${FIELD_SEGMENTS}` +
        ' names; a position in a list is not a name.',
    );
  const given = entryFields(value, what, ['roles', 'models', 'says']);
  const [only, says] = [models(given.models, what), entryText(given.says, what)];
  return {
    roles: roles(given.roles, what),
    ...(only !== undefined && { models: only }),
    ...(says !== undefined && { says }),
  };
}

/** @throws BadEntry `too-large`, naming the last of the changes that limits a field */
function assertFewFields(set: PolicySet, changes: readonly PolicyChange[]): void {
  const fields = set.of(CASE_FIELD) as ReadonlyMap<string, CaseFieldEntry>;
  const saved = changes.filter(({ kind, id }) => kind === CASE_FIELD && fields.has(id)).pop();
  if (saved === undefined) return;
  const refuse = (why: string): never => {
    throw new BadEntry(CASE_FIELD, saved.id, why, 'too-large');
  };
  if (fields.size > MOST_FIELDS.fields)
    refuse(`At most ${MOST_FIELDS.fields} fields can be restricted to roles.`);
  const limits = new Map(
    [...fields.values()].map(({ roles: of, models: only = [] }) => [
      JSON.stringify([of, only]),
      of.length + only.length,
    ]),
  );
  const names = [...limits.values()].reduce((sum, length) => sum + length, 0);
  if (names > MOST_FIELDS.names)
    refuse(
      `The fields restricted to roles name ${names} roles and models; at most` +
        ` ${MOST_FIELDS.names} are allowed. Fields with the same roles and models count once.`,
    );
}

/** The entries of case operations and of fields for some roles only. */
export const CASE_ENTRIES: EntryKinds = Object.freeze({
  kinds: { [CASE_OPERATION]: readOperation, [CASE_FIELD]: readField },
  file: CASE_FILE,
  names: (kind, value) =>
    kind === CASE_FIELD ? ((value as CaseFieldEntry).models ?? []).map((model) => ({ model })) : [],
  check: assertFewFields,
} satisfies EntryKinds);

import { unknownName } from '../core/options.js';
import { show } from '../core/value.js';
import { isDocument } from './bson/kind.js';
import type { AuditEntry } from './documents.js';
import { wrongCall } from './mistake.js';

/**
 * Arguments that select documents must not contain `undefined`: MongoDB's driver treats it as null, which also matches
 * a missing field, so a forgotten value would match everything. This check runs before either adapter.
 */

const refuse = (why: string): never => {
  throw wrongCall(why);
};

function checkFilter(value: unknown, what: string): void {
  if (value === undefined) refuse(`${what} selects by undefined.`);
  if (Array.isArray(value)) for (const entry of value) checkFilter(entry, what);
  else if (isDocument(value))
    for (const [key, entry] of Object.entries(value)) checkFilter(entry, `${what}.${key}`);
}

type Check = (args: readonly unknown[]) => void;

const filter =
  (at: number): Check =>
  (args) => {
    if (!isDocument(args[at])) refuse('a filter must be an object.');
    checkFilter(args[at], 'filter');
  };

/** Arguments that name one thing: strings, or null where that means none. */
const names =
  (...at: number[]): Check =>
  (args) => {
    for (const i of at)
      if (typeof args[i] !== 'string' && args[i] !== null) refuse('the name of a document must be a text.');
  };

/** The filters and marks of a plan. */
const plan =
  (at: number, ...filters: string[]): Check =>
  (args) => {
    const given = args[at] as Readonly<Record<string, unknown>>;
    for (const name of filters) filter(0)([given[name]]);
    if (given.marks !== undefined) checkFilter(given.marks, 'marks');
  };

const all =
  (...checks: Check[]): Check =>
  (args) => {
    for (const check of checks) check(args);
  };

const ANSWERS: readonly unknown[] = ['allowed', 'refused', 'failed'] satisfies AuditEntry['answer'][];
const FILTERS = ['since', 'until', 'userName', 'answer', 'limit', 'tenantId'];

/** A filter of the audit trail: a name that is misspelt would be ignored, and everything found. */
const ofAudit: Check = ([given]) => {
  if (!isDocument(given)) return refuse('a filter must be an object.');
  const strange = Object.keys(given).find((name) => !FILTERS.includes(name));
  if (strange !== undefined) refuse(`unknown filter ${show(strange)}. ${unknownName(strange, FILTERS)}`);
  const { answer, limit } = given;
  if (answer !== undefined && !ANSWERS.includes(answer))
    refuse(`answer must be one of ${ANSWERS.join(', ')}.`);
  if (!Number.isInteger(limit) || (limit as number) < 0)
    refuse('limit must be a whole number of at least 0.');
};

const byName = names(0);

/** The checks of selecting arguments, by the part of the store and its method. */
export const SELECTING: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  audit: { find: ofAudit },
  instances: {
    find: plan(0, 'filter'),
    count: plan(0, 'filter'),
    exists: plan(0, 'filter'),
    findItems: plan(0, 'before', 'each'),
    countItems: plan(0, 'before', 'each'),
    distinct: all(byName, plan(1, 'filter')),
    load: byName,
    update: byName,
    remove: all((args) => checkFilter(args[0], 'ids'), filter(1)),
  },
  models: {
    find: filter(0),
    get: names(0, 1),
    update: names(0, 1),
    remove: names(0, 1),
    rename: names(0, 1, 2),
  },
  users: {
    find: byName,
    update: all(byName, (args) => args[2] !== undefined && checkFilter(args[2], 'expected')),
    remove: byName,
  },
  locks: { acquire: byName, renew: byName, release: byName },
  policies: { head: byName, versions: byName, part: byName, snapshot: byName },
  values: { get: byName, set: byName, add: byName, delete: byName },
};

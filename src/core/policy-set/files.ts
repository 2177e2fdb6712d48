import { BadInput } from '../errors.js';
import type { InSteps } from '../in-steps.js';
import { unknownName } from '../options.js';
import {
  badPolicy,
  Misplaced,
  placed,
  policyName,
  type FileEntry,
  type FilePath,
} from '../policies/entries.js';
import { NAME } from '../policies/schema-parts.js';
import { ENTRIES, readChange } from './kinds.js';
import type { PolicyChange, PolicySet } from './policy-set.js';
import { isPlainObject, show } from '../value.js';

const FORMS = new Map(ENTRIES.map(({ file }) => [file.key, file]));
const TENANT = 'tenant';
/** Names the JSON schema for editors. */
const SCHEMA = '$schema';
const KEYS: readonly string[] = [...FORMS.keys(), TENANT];

/** An entry of a policy file, checked, and where it stands. */
export interface StatedEntry {
  readonly change: PolicyChange;
  readonly path: FilePath;
}

/** What a policy file says. */
export interface PolicyDocument {
  /** The tenant whose policies these are; null: those of rows without a tenant. */
  readonly tenantId: string | null;
  readonly entries: readonly StatedEntry[];
  readonly mistakes: readonly Misplaced[];
}

/** Runs `work`, and notes a mistake in it with its place. */
function collecting<T>(mistakes: Misplaced[], path: FilePath, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const mistake = placed(path, error);
    if (!(mistake instanceof Misplaced)) throw error;
    mistakes.push(mistake);
    return undefined;
  }
}

function* statedIn(key: string, value: unknown, mistakes: Misplaced[]): InSteps<StatedEntry[]> {
  const stated: StatedEntry[] = [];
  const form = collecting(
    mistakes,
    [key],
    () => FORMS.get(key) ?? badPolicy(`Policies have no ${show(key)}. ${unknownName(key, KEYS)}`),
  );
  const entries = form?.entries(value)[Symbol.iterator]();
  const next = (): FileEntry | undefined => {
    const found = entries?.next();
    return found?.done === false ? found.value : undefined;
  };
  // What is wrong with the form of the entries is found on the way to the next.
  for (;;) {
    const found = collecting(mistakes, [key], next);
    if (found === undefined) return stated;
    const { path, ...given } = found;
    const at = [key, ...path];
    const change = collecting(mistakes, at, () => {
      // Where no value follows a key, YAML reads null, and to change an entry to null is to remove it.
      if (given.value === null)
        badPolicy(`The ${given.kind} ${show(given.id)} has no value. Give it one, or leave it out.`);
      return readChange(given, 'An entry');
    });
    if (change !== undefined) stated.push({ change, path: at });
    yield;
  }
}

/** Reads the content of a policy file: an object with one key for each way of saying who may do what. */
export function* readPolicyDocument(content: unknown): InSteps<PolicyDocument> {
  const mistakes: Misplaced[] = [];
  const entries: StatedEntry[] = [];
  // A file of comments only says nothing.
  const given = content ?? {};
  if (!isPlainObject(given)) {
    const error = new BadInput(
      'bad-policy',
      `Policies are written as an object of ${KEYS.join(', ')}, got ${show(given)}.`,
    );
    return { tenantId: null, entries, mistakes: [new Misplaced([], error)] };
  }
  let tenantId: string | null = null;
  for (const [key, value] of Object.entries(given)) {
    if (key === SCHEMA) continue;
    if (key === TENANT)
      tenantId = collecting(mistakes, [TENANT], () => policyName(value, 'The tenant')) ?? null;
    else for (const entry of yield* statedIn(key, value, mistakes)) entries.push(entry);
  }
  return { tenantId, entries, mistakes };
}

/** The content of a policy file that says all of a set. */
export function policyDocumentOf(set: PolicySet): Record<string, unknown> {
  const written = [...FORMS].map(([key, form]) => [key, form.write(set)] as const);
  return Object.fromEntries(written.filter(([, value]) => value !== undefined));
}

/** The JSON schema of policy files. */
export function policyFileSchema(): Record<string, unknown> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A policy file of bpmn-guard',
    type: 'object',
    additionalProperties: false,
    properties: {
      [SCHEMA]: { type: 'string' },
      [TENANT]: {
        description: 'The tenant whose policies these are; without it, those of rows without a tenant.',
        ...NAME,
      },
      ...Object.fromEntries([...FORMS].map(([key, { schema }]) => [key, schema])),
    },
  };
}

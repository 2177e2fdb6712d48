import { stringify } from 'yaml';
import { BadInput } from '../../../core/errors.js';
import { policyDocumentOf } from '../../../core/policy-files.js';
import type { PolicyChange, PolicySet } from '../../../core/policy-set.js';
import { show } from '../../../core/value.js';
import { statedChanges } from '../stated-changes.js';
import { parseYaml, type ParsedFile } from './parse-file.js';
import { refusal } from './policy-files.js';

/** Longest text of an import, in characters. */
const LONGEST = 2_000_000;
/** The name of the text in messages about mistakes. */
const TEXT = 'text';

/** A set as the text of a policy file. */
export const printPolicyFile = (set: PolicySet): string => stringify(policyDocumentOf(set), { lineWidth: 0 });

/** Reads the text of a policy file. @throws BadInput `bad-policy`, with line and column; `too-large` */
export function readPolicyText(text: unknown): ParsedFile {
  if (typeof text !== 'string')
    throw new BadInput('bad-request', `An import takes the text of a policy file, got ${show(text)}.`);
  if (text.length > LONGEST)
    throw new BadInput('too-large', `A policy file has at most ${LONGEST} characters.`);
  const parsed = parseYaml(TEXT, text);
  if (parsed.mistakes.length > 0) throw refusal(parsed.mistakes);
  return parsed;
}

/**
 * The changes by which a set says what a text states.
 * @param replace also remove what the text does not state, except what comes from policy files
 * @throws BadInput `bad-policy` if the text is about another tenant
 */
export function importChanges(
  set: PolicySet,
  { tenantId, statements }: ParsedFile,
  own: string | null,
  replace: boolean,
): PolicyChange[] {
  if (tenantId !== null && tenantId !== own)
    throw new BadInput('bad-policy', 'The text states the policies of another tenant.');
  const stated = statements.map(({ change: { kind, id, value } }) => ({ kind, id, value }));
  return statedChanges(set, stated, ({ file }) => replace && file === undefined);
}

import { stringify } from 'yaml';
import { BadInput } from '../../../core/errors.js';
import { policyDocumentOf } from '../../../core/policy-set/files.js';
import type { InSteps } from '../../../core/in-steps.js';
import type { PolicyChange, PolicySet } from '../../../core/policy-set/policy-set.js';
import { show } from '../../../core/value.js';
import type { Turns } from '../../../store/turns.js';
import { statedChanges } from '../stated-changes.js';
import { parseYaml, type ParsedFile } from './parse-file.js';
import { refusal } from './policy-files.js';
import { LARGER, LARGEST } from './text-limits.js';

/** The name of the text in messages about mistakes. */
const TEXT = 'text';

/**
 * A set as the text of a policy file, which can be imported again: YAML, or JSON if it is large.
 * @param tenant the tenant that the text names; null: none
 * @throws BadInput `too-large` if the text would be longer than an import may be
 */
export function printPolicyFile(set: PolicySet, tenant: string | null = null): string {
  const document = policyDocumentOf(set);
  const json = JSON.stringify({ ...(tenant !== null && { tenant }), ...document }, undefined, 1);
  if (json.length > LARGEST.json)
    throw new BadInput('too-large', `The text of policies has at most ${LARGEST.json} characters.`);
  if (json.length > LARGEST.printedAsYaml) return `${json}\n`;
  return (
    (tenant === null ? '' : `tenant: ${JSON.stringify(tenant)}\n`) + stringify(document, { lineWidth: 0 })
  );
}

/** Reads the text of a policy file. @throws BadInput `bad-policy`, with line and column; `too-large` */
export async function readPolicyText(text: unknown, turns: Turns): Promise<ParsedFile> {
  if (typeof text !== 'string')
    throw new BadInput('bad-request', `An import takes a text, as in a policy file, got ${show(text)}.`);
  const isJson = text.trimStart().startsWith('{');
  const longest = isJson ? LARGEST.json : LARGEST.yaml;
  if (text.length > longest) {
    const form = isJson ? 'JSON' : 'YAML';
    const more = isJson ? '' : `: ${LARGER}`;
    throw new BadInput(
      'too-large',
      `The text of policies in ${form} has at most ${longest} characters${more}.`,
    );
  }
  const parsed = await parseYaml(TEXT, text, turns);
  if (parsed.mistakes.length > 0) throw refusal(parsed.mistakes, 'The text was not imported.');
  return parsed;
}

/**
 * The changes that give a set the content of a text.
 * @param replace also remove entries that the text does not contain, except those from policy files
 * @throws BadInput `bad-policy` if the text is about another tenant
 */
export function* importChanges(
  set: PolicySet,
  { tenantId, statements }: ParsedFile,
  own: string | null,
  replace: boolean,
): InSteps<PolicyChange[]> {
  if (tenantId !== null && tenantId !== own)
    throw new BadInput('bad-policy', 'The text contains the policies of another tenant.');
  const stated = statements.map(({ change: { kind, id, value } }) => ({ kind, id, value }));
  return yield* statedChanges(set, stated, ({ file }) => replace && file === undefined);
}

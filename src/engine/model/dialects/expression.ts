/** What a modeller wrote in the place of a name. */
export type Expression =
  /** Names, separated by commas. */
  | { readonly kind: 'names'; readonly text: string }
  /** One name, commas and all. */
  | { readonly kind: 'name'; readonly name: string }
  /** Code in bpmn-server's own language: `$(…)`, `#…`. */
  | { readonly kind: 'script'; readonly text: string }
  /** `${variable}`: a variable of the process, and nothing else. */
  | { readonly kind: 'variable'; readonly name: string }
  /** `${initiator}`: who started the process. */
  | { readonly kind: 'initiator' };

/** Which forms a dialect has beside plain names. */
export interface Forms {
  readonly scripts: boolean;
  readonly variables: boolean;
}
export const ALL_FORMS: Forms = Object.freeze({ scripts: true, variables: true });
export const NAMES_ONLY: Forms = Object.freeze({ scripts: false, variables: false });

const SCRIPT = /^(?:\$(?!\{)|#(?!\{))/;
const VARIABLE = /^\$\{\s*([A-Za-z_]\w*)\s*\}$/;
/** What a variable may not be called in the languages that write `${…}`, and what is not the process's there. */
const RESERVED = new Set(
  `and authenticatedUserId caseExecution connector currentUser div empty eq execution false ge gt instanceof le loopCounter
  lt mod ne not now null or processInstance task true`.split(/\s+/),
);
/** No name holds these: braces, a leading `=`, `$` or `#` in one of several names, a call, a tag of a template. */
const FOREIGN = /[{}`]|(?:^|,)\s*[=$#]|[$#@]\(|<%|%>|\[\[/;

/**
 * Reads an attribute value or the body of an expression.
 * @returns undefined when it is written in a language that is not ours, wholly or in part
 */
export function readExpression(text: string, { scripts, variables }: Forms): Expression | undefined {
  const trimmed = text.trim();
  if (scripts && SCRIPT.test(trimmed)) return { kind: 'script', text: trimmed };
  const name = variables ? VARIABLE.exec(trimmed)?.[1] : undefined;
  if (name === 'initiator') return { kind: 'initiator' };
  if (name !== undefined && !RESERVED.has(name)) return { kind: 'variable', name };
  return FOREIGN.test(trimmed) ? undefined : { kind: 'names', text: trimmed };
}

/** The content of an assignment property. */
export type Expression =
  /** Names, separated by commas. */
  | { readonly kind: 'names'; readonly text: string }
  /** One name, which may contain commas. */
  | { readonly kind: 'name'; readonly name: string }
  /** Code in bpmn-server's own language: `$(…)`, `$data.x`, `#…`. */
  | { readonly kind: 'script'; readonly text: string }
  /** `${variable}`: a process variable and nothing else. */
  | { readonly kind: 'variable'; readonly name: string }
  /** `${initiator}`, `$INITIATOR`: the starter of the process. */
  | { readonly kind: 'initiator' };

/** The forms that a dialect has in addition to plain names. */
export interface Forms {
  readonly scripts: boolean;
  readonly variables: boolean;
}
export const ALL_FORMS: Forms = Object.freeze({ scripts: true, variables: true });
export const NAMES_ONLY: Forms = Object.freeze({ scripts: false, variables: false });

/** `$` or `#` before a call, a literal or a name; not `${…}`, `#{…}`. */
const SCRIPT = /^[$#]\s*(?:([A-Za-z_][\w$]*)|[("'[`!+\-\d])/;
/**
 * The names with which bpmn-server's own code can begin: its variables, and words and objects of JavaScript. Others,
 * such as `$INITIATOR`, are placeholders of other editors.
 */
const OURS = new Set(
  `this item data input output instance appDelegate appServices appUtils
  Array await Boolean Date JSON Math new Number Object Promise String typeof`.split(/\s+/),
);
/** The starter, as the editors of Activiti and Flowable write it. */
const STARTER = '$INITIATOR';
const VARIABLE = /^\$\{\s*([A-Za-z_]\w*)\s*\}$/;
/** Words that cannot be process variables in the languages that use `${…}`. */
const RESERVED = new Set(
  `and authenticatedUserId caseExecution connector currentUser div empty eq execution false ge gt instanceof le
  loopCounter
  lt mod ne not now null or processInstance task true`.split(/\s+/),
);
/** Names never contain these: braces, a leading `=`, `$` or `#`, a call, a template tag. */
const FOREIGN = /[{}`]|(?:^|,)\s*[=$#]|[$#@]\(|<%|%>|\[\[/;

/** A list in brackets, or an entry in quotation marks: literals of an expression language. */
const LITERAL = /^[[(].*[\])]$|(?:^|,)\s*(["'])[^,]*\1\s*(?:,|$)/s;

/** Text that is rarely a name: a call, a method of a bean, a placeholder, a concatenation. */
const CODE = /^(?:[A-Za-z_][\w.]*\(.*\)|@\w+\..+|%\w+%|.*["']\s*\+.*|.*\+\s*["'].*)$/s;
/** True if the author may have meant a name as code. It still counts as a name. */
export const looksLikeCode = (name: string): boolean => CODE.test(name.trim());

/** `#` and a single name, which is not a statement. */
const TAG = /^#\s*[\w$]+$/;

function isScript(text: string): boolean {
  const found = SCRIPT.exec(text);
  if (found === null) return false;
  const [, name] = found;
  // Behind `#` stand statements, which may begin with any word.
  return name === undefined || OURS.has(name) || (text.startsWith('#') && !TAG.test(text));
}

/**
 * Parses an attribute value or the body of an expression.
 * @returns undefined if any part of it is in an unsupported language
 */
export function readExpression(text: string, { scripts, variables }: Forms): Expression | undefined {
  const trimmed = text.trim();
  if (variables && trimmed === STARTER) return { kind: 'initiator' };
  if (scripts && isScript(trimmed)) return { kind: 'script', text: trimmed };
  const name = variables ? VARIABLE.exec(trimmed)?.[1] : undefined;
  if (name === 'initiator') return { kind: 'initiator' };
  if (name !== undefined && !RESERVED.has(name)) return { kind: 'variable', name };
  return FOREIGN.test(trimmed) || LITERAL.test(trimmed) ? undefined : { kind: 'names', text: trimmed };
}

import { ALL_FORMS, readExpression } from './dialects/expression.js';
import type { ModdleElement } from './host.js';

/** A place in a model that runs code when an instance reaches it. */
export interface CodePlace {
  /** Id of the element, or of the nearest enclosing one with an id. */
  readonly element: string;
  readonly what: 'script' | 'listener' | 'service' | 'expression';
}

/** A part of the tree still to be visited. */
interface Visit {
  readonly node: ModdleElement;
  /** The parent's property that contains it. */
  readonly key: string;
  /** Id of the nearest element with one. */
  readonly id: string;
}

/** Element types, without prefix and in lower case, that count as code whatever they contain. */
const TYPES: Readonly<Record<string, CodePlace['what']>> = {
  scripttask: 'script',
  script: 'script',
  executionlistener: 'listener',
  tasklistener: 'listener',
  servicetask: 'service',
  sendtask: 'service',
  businessruletask: 'service',
  connector: 'service',
};
/** Attributes that name what is called. */
const CALLS: ReadonlySet<string> = new Set(['class', 'expression', 'delegateexpression']);
/** Attributes whose text the host always evaluates. In others it evaluates only texts that begin with `$`. */
const EVALUATED: ReadonlySet<string> = new Set([
  'collection',
  'loopcondition',
  'completioncondition',
  'loopcardinality',
]);
/** The same for elements. */
const EXPRESSIONS: ReadonlySet<string> = new Set([
  'expression',
  'formalexpression',
  'outputparameter',
  'entry',
  'value',
]);
/** Formal expressions that contain a date or a duration, unless they begin with `$`. */
const TIMES: ReadonlySet<string> = new Set(['timeDuration', 'timeCycle', 'timeDate']);
/** Expressions that name people: of a resource, and values assigned to an input. */
const PEOPLE: ReadonlySet<string> = new Set(['expression', 'from', 'to']);
/** Attributes of a task that name people and dates. The guard reads them itself, in each dialect. */
const ASSIGNED: ReadonlySet<string> = new Set([
  'assignee',
  'candidateusers',
  'candidategroups',
  'duedate',
  'followupdate',
  'priority',
]);
/** Prose and diagrams, which are never evaluated. */
const PROSE: ReadonlySet<string> = new Set(['documentation', 'textannotation']);
const LABELS: ReadonlySet<string> = new Set(['id', 'name', 'label', 'diagrams']);

const local = (name: string): string => name.slice(name.indexOf(':') + 1).toLowerCase();

const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const SCOPES: ReadonlySet<string> = new Set(['this', 'item', 'instance']);
const DATA: ReadonlySet<string> = new Set(['data', 'input', 'output']);

/** True for a path into the data, such as `$(this.data.requester)`, which calls nothing. */
function isPath(text: string): boolean {
  const inner = text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1).trim() : text;
  const [head = '', ...rest] = inner.split('.');
  const names = SCOPES.has(head) ? rest : [head, ...rest];
  return DATA.has(names[0] ?? '') && names.every((name) => NAME.test(name) && !(name in Object.prototype));
}

/** True for a number, a quoted text, true, false and null. */
function isLiteral(text: string): boolean {
  if (text.startsWith("'") && text.endsWith("'") && text.length > 1)
    return !/['\\\n\r]/.test(text.slice(1, -1));
  try {
    const value: unknown = JSON.parse(text);
    return value === null || typeof value !== 'object';
  } catch {
    return false;
  }
}

/** True for a text that the host would run as code if it evaluates it. */
function isCode(given: string): boolean {
  const text = (given.startsWith('$') ? given.slice(1) : given).trim();
  return text !== '' && !isPath(text) && !isLiteral(text);
}

function codeOfAssignment(text: string): CodePlace['what'] | undefined {
  if (readExpression(text, ALL_FORMS)?.kind !== 'script') return undefined;
  if (text.startsWith('#')) return 'script';
  return isCode(text) ? 'expression' : undefined;
}

function codeOfText(key: string, given: string, isEvaluated: boolean): CodePlace['what'] | undefined {
  const text = given.trim();
  if (text === '') return undefined;
  if (CALLS.has(key)) return 'service';
  if (ASSIGNED.has(key)) return codeOfAssignment(text);
  return (isEvaluated || EVALUATED.has(key) || text.startsWith('$')) && isCode(text)
    ? 'expression'
    : undefined;
}

/**
 * The places where a parsed model contains code, each once: scripts, listeners, service calls, and expressions
 * other than a path into the data or a plain value. Elements unknown to the host are included: a text that begins
 * with `$` is an expression wherever it stands.
 * @param root the document as parsed by the host
 */
export function codeIn(root: ModdleElement): readonly CodePlace[] {
  const found = new Map<string, CodePlace>();
  const seen = new Set<object>();
  const open: Visit[] = [{ node: root, key: '', id: '' }];
  const add = (element: string, what: CodePlace['what'] | undefined): void => {
    if (what !== undefined) found.set(`${what} ${element}`, { element, what });
  };

  function look({ node, key, id: outer }: Visit): void {
    const type = local(String(node.$type));
    const id = typeof node.id === 'string' && node.id !== '' ? node.id : outer;
    add(id, TYPES[type]);
    const isEvaluated = EXPRESSIONS.has(type) && !TIMES.has(key);
    const isOfPeople = type === 'formalexpression' && PEOPLE.has(key);
    const textOf = (name: string, text: string): CodePlace['what'] | undefined =>
      isOfPeople ? codeOfAssignment(text.trim()) : codeOfText(name, text, isEvaluated && name === 'body');
    const {
      $body,
      $children,
      $attrs = {},
    } = node as ModdleElement & { $body?: unknown; $children?: unknown };
    if (typeof $body === 'string') add(id, codeOfText('', $body, isEvaluated));
    const fields = Object.keys(node).filter((name) => !name.startsWith('$'));
    for (const [name, value] of [
      ...fields.map((name) => [name, node[name]] as const),
      ...Object.entries($attrs),
      ['$children', $children] as const,
    ]) {
      if (LABELS.has(local(name))) continue;
      for (const entry of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (typeof entry === 'string') add(id, textOf(local(name), entry));
        else if (typeof entry === 'object' && entry !== null)
          open.push({ node: entry as ModdleElement, key: name, id });
      }
    }
  }

  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { node } = visit;
    if (seen.has(node) || PROSE.has(local(String(node.$type)))) continue;
    seen.add(node);
    look(visit);
  }
  return [...found.values()];
}

/** Maximum number of places that {@link namesOfCode} names; one more entry counts the rest. */
const NAMED = 50;

/** The places that contain code, for the audit trail; never the code itself. */
export function namesOfCode(code: readonly CodePlace[]): string[] {
  const named = code.slice(0, NAMED).map(({ what, element }) => `${what} in ${element.slice(0, 100)}`);
  return code.length > NAMED ? [...named, `${code.length - NAMED} more`] : named;
}

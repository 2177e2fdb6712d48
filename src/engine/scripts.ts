import { BadInput } from '../core/errors.js';
import { FORBIDDEN_KEYS } from '../core/path.js';
import { bpmn } from './host.js';

type Scope = Record<string, unknown>;

// The constructor of async functions has no name of its own.
const AsyncFunction = (async () => undefined).constructor as new (body: string) => (this: unknown) => Promise<unknown>;

const variables = (scope: Scope): string => (bpmn.ScriptHandler as unknown as { getJSvars(scope: unknown): string }).getJSvars(scope);
const isToken = (scope: Scope): boolean => Object.hasOwn(scope, 'startNodeId');

/** The elements of a loop's collection become part of a data path; a path must not lead out of the data (W9). */
function checkCollection(collection: unknown): unknown {
  for (const entry of Array.isArray(collection) ? (collection as unknown[]) : []) {
    if (String(entry).split('.').some((part) => FORBIDDEN_KEYS.has(part))) throw new BadInput('bad-data', `A loop collection may not hold ${JSON.stringify(entry)}.`);
  }
  return collection;
}

/**
 * Runs what a modeller wrote: trusted code (spec 08, 18). As upstream's handler, with the same variables in scope, but
 * scripts are async functions (`await` works), results are awaited, and errors come out as they were thrown.
 */
export class AsyncScriptHandler extends bpmn.ScriptHandler {
  override async evaluateExpression(scope: unknown, expression: unknown): Promise<unknown> {
    if (typeof expression !== 'string' || expression === '') return undefined;
    const script = expression.startsWith('$') ? expression.slice(1) : expression;
    const result = await new AsyncFunction(`${variables(scope as Scope)} return (${script});`).call(scope);
    return isToken(scope as Scope) ? checkCollection(result) : result;
  }

  override async executeScript(scope: unknown, script: unknown): Promise<unknown> {
    if (typeof script !== 'string' || script === '') return undefined;
    if (script.startsWith('$py')) return super.executeScript(scope as never, script);
    return new AsyncFunction(`${variables(scope as Scope)}\n${script.replace('#', '')};`).call(scope);
  }
}

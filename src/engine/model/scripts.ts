import { bpmn } from './host.js';

type Scope = Record<string, unknown>;

// The constructor of async functions has no name of its own.
const AsyncFunction = (async () => undefined).constructor as new (
  body: string,
) => (this: unknown) => Promise<unknown>;

const variables = (scope: Scope): string =>
  (bpmn.ScriptHandler as unknown as { getJSvars(scope: unknown): string }).getJSvars(scope);

/**
 * Runs what a modeller wrote: trusted code (spec 08, 18). As upstream's handler, with the same variables in scope, but
 * scripts are async functions (`await` works), results are awaited, and errors come out as they were thrown.
 */
export class AsyncScriptHandler extends bpmn.ScriptHandler {
  override async evaluateExpression(scope: unknown, expression: unknown): Promise<unknown> {
    if (typeof expression !== 'string' || expression === '') return undefined;
    const script = expression.startsWith('$') ? expression.slice(1) : expression;
    return new AsyncFunction(`${variables(scope as Scope)} return (${script});`).call(scope);
  }

  override async executeScript(scope: unknown, script: unknown): Promise<unknown> {
    if (typeof script !== 'string' || script === '') return undefined;
    if (script.startsWith('$py')) return super.executeScript(scope as never, script);
    return new AsyncFunction(`${variables(scope as Scope)}\n${script.replace('#', '')};`).call(scope);
  }
}

import { GuardError } from '../../core/errors.js';
import { messageOf } from '../../core/thrown.js';
import { isForeign } from './foreign-code.js';
import { bpmn } from './host.js';

type Scope = Record<string, unknown>;

// The constructor of async functions has no global name.
const AsyncFunction = (async () => undefined).constructor as new (
  body: string,
) => (this: unknown) => Promise<unknown>;

const variables = (scope: Scope): string =>
  (bpmn.ScriptHandler as unknown as { getJSvars(scope: unknown): string }).getJSvars(scope);

/**
 * Compiles a piece of a model's code.
 * @throws GuardError `failed` for code that is not JavaScript, such as an expression of another engine
 */
function compile(scope: unknown, body: string): (this: unknown) => Promise<unknown> {
  try {
    return new AsyncFunction(body);
  } catch (cause) {
    throw notJavaScript(scope, cause);
  }
}

function notJavaScript(scope: unknown, cause: unknown): GuardError {
  const { elementId, currentNode } = scope as { elementId?: string; currentNode?: { id?: string } };
  const element = elementId ?? currentNode?.id ?? 'the process';
  const message = `${element}: its code is not JavaScript: ${messageOf(cause)}. Nothing was stored.`;
  return new GuardError('failed', message, { cause });
}

/** Runs a piece of a model's code. `scope` is the item, token or execution that the code sees as `this`. */
export type RunAt = (scope: unknown, run: () => Promise<unknown>) => Promise<unknown>;

/** The host passes a token for one purpose only: to evaluate the collection of a loop. */
const isToken = (scope: unknown): boolean => Object.hasOwn(scope as object, 'startNodeId');

/**
 * The number of passes that the host would make over a collection: a number counts itself, anything with a length
 * its entries.
 */
function passesOf(collection: unknown): number {
  if (typeof collection === 'number') return Number.isInteger(collection) ? collection : 0;
  return Number((collection as { length?: unknown } | null | undefined)?.length ?? 0);
}

interface Looping {
  readonly currentNode?: {
    readonly id?: string;
    readonly def?: {
      readonly loopCharacteristics?: { $type?: string; loopCardinality?: { body?: unknown } };
    };
  };
}

/** The loop that a token is about to run, if its passes can be counted. */
function loopOf(token: unknown): { element: string; cardinality: unknown } | undefined {
  const { id = '', def } = (token as Looping).currentNode ?? {};
  const loop = def?.loopCharacteristics;
  if (loop === undefined || loop.$type === 'bpmn:StandardLoopCharacteristics') return undefined;
  return { element: id, cardinality: loop.loopCardinality?.body };
}

/** The host accepts anything as a collection and fails later without naming it. */
function assertCollection(element: string, collection: unknown): void {
  if (Array.isArray(collection) || (Number.isInteger(collection) && (collection as number) >= 0)) return;
  if (typeof (collection as { length?: unknown } | null | undefined)?.length === 'number') return;
  throw new GuardError(
    'failed',
    `The loop of ${element} has neither a list nor a number of passes: its collection or` +
      ' loopCardinality evaluated to neither.',
  );
}

/**
 * Runs the modeller's code, which is trusted. Like upstream's handler, with the same variables in scope, but
 * scripts are async functions (`await` works), results are awaited, and errors are thrown unchanged.
 */
export class AsyncScriptHandler extends bpmn.ScriptHandler {
  /** @param mostPasses limit of one loop over a collection, which may come from data */
  constructor(
    private readonly runAt: RunAt,
    private readonly mostPasses: number,
  ) {
    super();
  }

  override async evaluateExpression(scope: unknown, expression: unknown): Promise<unknown> {
    const loop = isToken(scope) ? loopOf(scope) : undefined;
    // Upstream knows only collections; a loop may also give a number of passes.
    const result = await this.evaluate(
      scope,
      loop !== undefined ? (expression ?? loop.cardinality) : expression,
    );
    if (loop !== undefined) assertCollection(loop.element, result);
    // The host first creates a token for each pass, or a list as long as the number.
    if (isToken(scope) && passesOf(result) > this.mostPasses)
      throw new GuardError(
        'too-many-items',
        `A loop may have at most ${this.mostPasses} passes; this one has more.`,
      );
    return result;
  }

  private async evaluate(scope: unknown, expression: unknown): Promise<unknown> {
    if (typeof expression !== 'string' || expression === '') return undefined;
    const script = expression.startsWith('$') ? expression.slice(1) : expression;
    const run = (): Promise<unknown> =>
      this.runAt(scope, () => compile(scope, `${variables(scope as Scope)} return (${script});`).call(scope));
    if (!isForeign(expression)) return run();
    // `${x}` of other engines is an object of JavaScript without its `$`: it fails when it runs.
    try {
      return await run();
    } catch (error) {
      throw error instanceof ReferenceError ? notJavaScript(scope, error) : error;
    }
  }

  override async executeScript(scope: unknown, script: unknown): Promise<unknown> {
    if (typeof script !== 'string' || script === '') return undefined;
    return this.runAt(scope, () =>
      script.startsWith('$py')
        ? super.executeScript(scope as never, script)
        : compile(scope, `${variables(scope as Scope)}\n${script.replace('#', '')};`).call(scope),
    );
  }
}

import { CouldNotTell, isGuardError, type GuardError } from '../core/errors.js';
import { whyUnstorable } from './bson/codec.js';
import type { CallLimits } from './call-limits.js';
import type { Adapter, Store } from './port.js';
import { SELECTING } from './selecting.js';

const closed = (): CouldNotTell => new CouldNotTell('closed', 'The store was closed.');

/** Translates a failure of an adapter into an error of the guard. */
export type Translate = (error: unknown) => GuardError;

type Call = (...args: unknown[]) => Promise<unknown>;

/** Counts the calls in progress, so that closing waits for them, and refuses later calls. */
class Gate {
  private readonly running = new Set<Promise<unknown>>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly translate: Translate,
    private readonly limits: CallLimits,
    private readonly fault: () => GuardError | undefined,
  ) {}

  /** @param atLength true for a call with its own limits */
  async pass(call: () => Promise<unknown>, atLength = false): Promise<unknown> {
    if (this.closing !== undefined) throw closed();
    const fault = this.fault();
    if (fault !== undefined) throw fault;
    // The adapter copies its arguments before it first waits, so it must be called here and not later.
    const run = atLength ? (async () => call())() : this.limits.call(async () => call());
    this.running.add(run);
    try {
      return await run;
    } catch (error) {
      throw this.translate(error);
    } finally {
      this.running.delete(run);
    }
  }

  close(inner: () => Promise<void>): Promise<void> {
    this.closing ??= Promise.allSettled(this.running)
      .then(inner)
      .catch((error: unknown) => {
        throw this.translate(error);
      });
    return this.closing;
  }
}

/**
 * Returns the object with each of its methods behind the gate.
 * @param part of the store, which determines the checked arguments
 */
function behind<T extends object>(
  gate: Gate,
  target: T,
  methods: readonly (keyof T & string)[],
  { part = '', atLength = false } = {},
): T {
  const guarded = Object.fromEntries(
    methods.map((name) => {
      const check = SELECTING[part]?.[name];
      const call = async (args: unknown[]): Promise<unknown> => {
        check?.(args);
        try {
          return await (target[name] as Call).apply(target, args);
        } catch (error) {
          // A value whose getter throws fails like a store that does not answer, however often it is repeated.
          throw isGuardError(error) ? error : (whyUnstorable(args) ?? error);
        }
      };
      return [name, (...args: unknown[]) => gate.pass(() => call(args), atLength)];
    }),
  );
  return guarded as unknown as T;
}

/**
 * Wraps an adapter: its failures become errors of the guard, and it can be closed only once.
 * @param fault the error with which all calls are refused, from the time on when there is one
 */
export function guarded(
  store: Adapter,
  translate: Translate,
  limits: CallLimits,
  fault: () => GuardError | undefined = () => undefined,
): Store {
  const gate = new Gate(translate, limits, fault);
  const { missingIndexes, ping } = behind(gate, store, ['missingIndexes', 'ping']);
  const { install, backup } = behind(gate, store, ['install', 'backup'], { atLength: true });
  return Object.freeze({
    kind: store.kind,
    instances: behind(
      gate,
      store.instances,
      [
        'find',
        'count',
        'exists',
        'findItems',
        'countItems',
        'distinct',
        'load',
        'insert',
        'update',
        'remove',
        'archive',
      ],
      { part: 'instances' },
    ),
    models: behind(gate, store.models, ['find', 'get', 'put', 'insert', 'update', 'remove', 'rename'], {
      part: 'models',
    }),
    users: behind(gate, store.users, ['find', 'put', 'insert', 'update', 'list', 'remove'], {
      part: 'users',
    }),
    locks: behind(gate, store.locks, ['acquire', 'renew', 'release', 'list'], { part: 'locks' }),
    audit: behind(gate, store.audit, ['append', 'find'], { part: 'audit' }),
    policies: behind(
      gate,
      store.policies,
      ['head', 'versions', 'part', 'append', 'snapshot', 'addSnapshot'],
      { part: 'policies' },
    ),
    values: (namespace: string) =>
      behind(gate, store.values(namespace), ['get', 'set', 'add', 'delete', 'entries'], { part: 'values' }),
    install,
    missingIndexes,
    ping,
    ...(store.onWritable && { onWritable: store.onWritable }),
    backup,
    bounded: <T>(work: () => Promise<T>) => limits.bounded(work),
    close: () => gate.close(() => store.close()).finally(() => limits.close()),
  });
}

import { AsyncResource } from 'node:async_hooks';
import { today } from '../../core/clock.js';
import { isGuardError, type GuardError } from '../../core/errors.js';
import { classOf, isError, messageOf, stackOf } from '../../core/thrown.js';
import type { AuditEntry, Store } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';
import { changeGuard } from './change-guard.js';
import type { Command } from './command.js';
import type { Answer, Contexts } from './context.js';
import type { InstanceLocks } from './locks.js';
import { refusalIn } from './refusal-in.js';
import type { Retries } from './retries.js';

/** How many of the newest are kept with an instance and named in the log and the audit trail each time. */
const KEPT = 10;

/** An error left behind by a model that nothing caught; without its message, which may contain data. */
interface Stray {
  readonly at: Date;
  readonly elementId?: string;
  readonly itemId?: string;
  /** The class of the error. */
  readonly error: string;
}

/** Errors of one instance that are not yet written. */
interface Noted {
  readonly command: Command;
  readonly newest: Stray[];
  count: number;
}

interface Parts {
  readonly contexts: Contexts;
  readonly store: Store;
  readonly locks: InstanceLocks;
  readonly retries: Retries;
  readonly logger: GuardLogger;
  /** Whether the process serves, so that a refusal must not end it. */
  readonly isServing: () => boolean;
  /** Writes to the audit trail; never rejects. */
  readonly record: (entries: readonly Omit<AuditEntry, 'time' | 'bypass'>[]) => Promise<void>;
}

const nameOf = (error: unknown): string => classOf(error).slice(0, 100);
const factsOf = (error: unknown): Record<string, unknown> => ({
  error: messageOf(error),
  ...(isError(error) ? { stack: stackOf(error) } : {}),
});

/** Where a refusal was raised. Kept with the error, so that the guards of one process agree whose it is. */
const RAISED = Symbol.for('bpmn-guard.raised');

interface Raised {
  readonly by: Strays;
  /** Of the request in which it was raised; undefined outside requests, and if several share the error. */
  readonly answer: Answer | undefined;
  /** The same in the context in which it was raised. */
  readonly there: Answer | undefined;
}

const raisedOf = (error: GuardError): Raised | undefined => (error as { [RAISED]?: Raised })[RAISED];

/**
 * Errors that nothing caught. A forgotten `await` in a script or service is recorded on its instance. A refusal that
 * the application did not catch, once the process serves, is logged, and answers the request in which it arose; so
 * does an error of the application whose cause is a refusal.
 * Neither ends the process. Every other error is foreign and passed on, as is a refusal in a start script, before the
 * process serves.
 */
export class Strays {
  private readonly noted = new Map<string, Noted>();
  private readonly writing = new Set<Promise<void>>();

  constructor(private readonly parts: Parts) {}

  /** Runs a call of the guard; its refusals are known to be of this guard and request wherever they surface. */
  async refusing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isGuardError(error)) this.remember(error);
      throw error;
    }
  }

  /** Whether the error is ours; if so, it has been handled. Never throws. */
  readonly claim = (error: unknown): boolean => {
    const command = this.parts.contexts.origin;
    if (command !== undefined) {
      this.record(command, error);
      return true;
    }
    const refusal = refusalIn(error);
    if (refusal === undefined || !this.isMine(refusal) || !this.parts.isServing()) return false;
    this.refused(refusal, error);
    return true;
  };

  private remember(error: GuardError): void {
    const { contexts } = this.parts;
    const answer = contexts.answer ?? contexts.arrival;
    const before = raisedOf(error);
    if (before !== undefined && before.answer === answer) return;
    const own = before === undefined ? answer : undefined;
    const value: Raised = { by: this, answer: own, there: own && AsyncResource.bind(own) };
    Reflect.defineProperty(error, RAISED, { value, configurable: true });
  }

  /** A refusal of unknown origin, such as a wrong argument, belongs to the guard that sees it first. */
  private isMine(error: GuardError): boolean {
    const by = raisedOf(error)?.by ?? this;
    return by === this || this.parts.contexts.answer !== undefined;
  }

  /** @param thrown what nothing caught: the refusal, or an error of the application that it caused */
  private refused(error: GuardError, thrown: unknown): void {
    const { contexts } = this.parts;
    const answer = contexts.answer ?? raisedOf(error)?.there ?? contexts.arrival;
    let answered = false;
    try {
      answered = answer?.(error) === true;
    } catch (failure) {
      this.say('a refusal could not be answered', factsOf(failure));
    }
    const facts = { code: error.code, ...(answer === undefined ? {} : { answered }), ...factsOf(thrown) };
    if (answered) this.say('answered a refusal that its route did not catch', facts, 'warn');
    else this.say('nothing caught a refusal: a route or task of the application must handle it', facts);
  }

  /** Resolves when all recorded errors have been written, as far as possible now. */
  async written(): Promise<void> {
    while (this.writing.size > 0) await Promise.all(this.writing);
  }

  /** The process is about to end unless this returns, and a failing logger must not decide that. */
  private say(message: string, facts: Record<string, unknown>, level: 'warn' | 'error' = 'error'): void {
    try {
      this.parts.logger[level](message, facts);
    } catch {
      // Nowhere is left to report it.
    }
  }

  private record(command: Command, error: unknown): void {
    const { instanceId = command.instanceId, itemId, elementId } = this.parts.contexts.place ?? {};
    const noted = this.noted.get(instanceId ?? '');
    if ((noted?.count ?? 0) < KEPT)
      this.say('a model left an error that nothing caught', {
        ...(instanceId === undefined ? {} : { instance: instanceId }),
        ...(elementId === undefined ? {} : { element: elementId }),
        ...factsOf(error),
      });
    if (instanceId === undefined) return;
    const stray: Stray = {
      at: today(),
      ...(elementId === undefined ? {} : { elementId }),
      ...(itemId === undefined ? {} : { itemId }),
      error: nameOf(error),
    };
    if (noted === undefined) {
      this.noted.set(instanceId, { command, newest: [stray], count: 1 });
      this.writeLater(instanceId, command);
      return;
    }
    noted.count += 1;
    noted.newest.push(stray);
    if (noted.newest.length > KEPT) noted.newest.shift();
  }

  /** Runs after the command, which holds the lock and writes the instance itself. */
  private writeLater(id: string, command: Command): void {
    const { contexts, retries } = this.parts;
    const work = contexts.outside(async () => {
      await command.ended;
      const noted = this.noted.get(id);
      this.noted.delete(id);
      if (noted === undefined) return;
      await this.audit(id, noted);
      await retries.attempt('recording an uncaught error of a model', () => this.write(id, noted), {
        instance: id,
      });
    });
    const written = work.finally(() => this.writing.delete(written));
    this.writing.add(written);
  }

  private audit(id: string, { command, newest }: Noted): Promise<void> {
    return this.parts.record(
      newest.map(({ itemId, elementId, error }) => ({
        userName: command.causer.userName,
        tenantId: command.tenantId,
        operation: 'system:expression',
        resource: { kind: itemId === undefined ? 'instance' : 'task', id: itemId ?? id, instanceId: id },
        answer: 'failed' as const,
        reason: `${elementId ?? 'the model'}: left an error that nothing caught (${error})`,
      })),
    );
  }

  private async write(id: string, noted: Noted): Promise<void> {
    const { locks, store } = this.parts;
    const release = await locks.lock(id);
    let failure: unknown;
    try {
      await changeGuard(store, id, ({ uncaught, ...guard }) => ({
        ...guard,
        uncaught: {
          count: (uncaught?.count ?? 0) + noted.count,
          newest: [...(uncaught?.newest ?? []), ...noted.newest].slice(-KEPT),
        },
      }));
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await release(failure);
    }
  }
}

import { today } from '../../core/clock.js';
import { Conflict } from '../../core/errors.js';
import type { Attempt, InstanceStore, StoredInstance } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';
import type { Command } from './command.js';
import { nextGuard } from './commit.js';

/** Work during which this many processes ended is held; a single end may be a kill or a power cut. */
const HELD_AFTER = 2;

/**
 * Background work can crash the process, and would then crash each process that resumes it. Therefore an
 * attempt is recorded before it begins. Work that was running when a process ended is resumed alone, so that
 * another crash identifies it. Only a newly started process does so, since one that ran beside it has other work to
 * lose.
 */
export class Attempts {
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param by identifies this guard among all processes
   * @param since when this guard began, by the wall clock; a younger attempt was made while it ran
   */
  constructor(
    private readonly instances: InstanceStore,
    private readonly by: string,
    private readonly logger: GuardLogger,
    private readonly since: number,
  ) {}

  /** The attempt stored with the beginning of `noWait` work. */
  ofBackground(): Attempt {
    return { work: 'background', by: this.by, at: today(), ended: 0 };
  }

  /** Whether the work was running when another process ended, or is held. */
  isSuspect({ guard }: Pick<StoredInstance, 'guard'>, key: string): boolean {
    const attempt = guard?.attempts?.[key];
    return attempt?.held === true || this.isOfOther(attempt);
  }

  /** Whether another process began it. */
  isOfOther(attempt: Attempt | undefined): boolean {
    return attempt !== undefined && attempt.by !== this.by;
  }

  /** Runs suspects one after the other, so that a crash identifies the one that caused it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /**
   * The attempt to record before the work begins; undefined if the work must not run now.
   * @param before the last recorded attempt
   * @param alone no other suspect runs in this process
   */
  next(
    before: Attempt | undefined,
    work: Attempt['work'],
    alone: boolean,
    elementId: string | undefined,
  ): Attempt | undefined {
    const isSuspect = before?.held === true || this.isOfOther(before);
    const beside = isSuspect && before !== undefined && before.at.getTime() >= this.since;
    if (isSuspect && !alone) return undefined;
    if (before?.held === true && (beside || before.ended >= HELD_AFTER)) return undefined;
    // Held work has already been counted.
    const ended = (before?.ended ?? 0) + (isSuspect && before?.held !== true ? 1 : 0);
    return {
      work,
      by: this.by,
      at: today(),
      ended,
      ...(elementId === undefined ? {} : { elementId }),
      ...(beside || ended >= HELD_AFTER ? { held: true } : {}),
    };
  }

  /** Logs that work is held from now on. */
  warn({ work, elementId, ended }: Attempt, where: Readonly<Record<string, string>>): void {
    this.logger.error('work is held back because processes ended while it was running', {
      ...where,
      work,
      element: elementId,
      ended,
    });
  }

  /**
   * Records an attempt. The command holds the lock of the instance; the document read there is changed.
   * @param alone no other suspect runs in this process
   * @returns false if the work must not run now
   */
  async begin(
    command: Command,
    document: StoredInstance,
    { key, work, alone }: { readonly key: string; readonly work: Attempt['work']; readonly alone: boolean },
  ): Promise<boolean> {
    const { guard, items } = document;
    // Instances stored by an unguarded host have no guard fields yet.
    if (guard === undefined) return true;
    const elementId = items?.find((item) => item.id === key)?.elementId;
    const attempt = this.next(guard.attempts?.[key], work, alone, elementId);
    if (attempt === undefined) return false;
    const next = nextGuard({ ...guard, attempts: { ...guard.attempts, [key]: attempt } });
    const { id } = document;
    const read = command.read.get(id);
    if (!(await this.instances.update(id, guard.rev, { guard: next }, undefined, read)))
      throw new Conflict('conflict', 'The instance was changed by someone else in the meantime.');
    document.guard = next;
    if (attempt.held === true) this.warn(attempt, { instance: document.id });
    return attempt.held !== true;
  }
}

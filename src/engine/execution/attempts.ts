import { today } from '../../core/clock.js';
import { Conflict } from '../../core/errors.js';
import type { Attempt, InstanceStore, StoredInstance } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';
import { nextGuard } from './commit.js';

/** Work under way when so many processes ended is held back; a single end may be a kill or a power cut. */
const HELD_AFTER = 2;

/**
 * Work that nobody waits for can end the process, and would end each one that takes it up again. An attempt is recorded
 * before it begins. What was under way when a process ended is taken up alone, so that another end tells which it was;
 * only a process that starts afterwards does so, since one that ran beside it has other work to lose.
 */
export class Attempts {
  private last: Promise<unknown> = Promise.resolve();

  /**
   * @param by names this guard among all processes
   * @param since when this one began, by the wall clock: an attempt that is not older was made beside it
   */
  constructor(
    private readonly instances: InstanceStore,
    private readonly by: string,
    private readonly logger: GuardLogger,
    private readonly since: number,
  ) {}

  /** What is recorded of `noWait` work with the state in which it begins. */
  ofBackground(): Attempt {
    return { work: 'background', by: this.by, at: today(), ended: 0 };
  }

  /** Whether the work was under way when another process ended, or is held back. */
  isSuspect({ guard }: Pick<StoredInstance, 'guard'>, key: string): boolean {
    const attempt = guard?.attempts?.[key];
    return attempt?.held === true || this.isOfOther(attempt);
  }

  /** Whether another process began it. */
  isOfOther(attempt: Attempt | undefined): boolean {
    return attempt !== undefined && attempt.by !== this.by;
  }

  /** One after the other: when the process ends, it is known by what. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /**
   * What is to be recorded before the work begins; undefined when it is not to be done now.
   * @param before what was recorded last
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
    // What is held back was counted then.
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

  /** Says that work is held back from here on. */
  warn({ work, elementId, ended }: Attempt, where: Readonly<Record<string, string>>): void {
    this.logger.error('work that was under way when processes ended is held back', {
      ...where,
      work,
      element: elementId,
      ended,
    });
  }

  /**
   * Records an attempt; the caller holds the lock of the instance, and the document as it was read there is changed.
   * @param alone no other suspect runs in this process
   * @returns false when the work is not to be done now
   */
  async begin(
    document: StoredInstance,
    key: string,
    work: Attempt['work'],
    alone: boolean,
  ): Promise<boolean> {
    const { guard, items } = document;
    // What an unguarded host has stored carries nothing of ours yet.
    if (guard === undefined) return true;
    const elementId = items?.find((item) => item.id === key)?.elementId;
    const attempt = this.next(guard.attempts?.[key], work, alone, elementId);
    if (attempt === undefined) return false;
    const next = nextGuard({ ...guard, attempts: { ...guard.attempts, [key]: attempt } });
    if (!(await this.instances.update(document.id, guard.rev, { guard: next })))
      throw new Conflict('conflict', 'The instance was changed by somebody else meanwhile.');
    document.guard = next;
    if (attempt.held === true) this.warn(attempt, { instance: document.id });
    return attempt.held !== true;
  }
}

import { today } from '../../core/clock.js';
import { Conflict } from '../../core/errors.js';
import type { Attempt, InstanceStore, StoredInstance } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';
import { nextGuard } from './commit.js';

/** Work under way when so many processes ended is held back; a single end may be a kill or a power cut. */
const HELD_AFTER = 2;

/**
 * Work that nobody waits for can end the process, and would end each one that takes it up again. An attempt is recorded
 * before it begins. What was under way when a process ended is taken up alone, so that another end tells which it was.
 */
export class Attempts {
  /** @param by names this guard among all processes */
  constructor(
    private readonly instances: InstanceStore,
    private readonly by: string,
    private readonly logger: GuardLogger,
  ) {}

  /** Whether the work was under way when another process ended, or is held back. */
  isSuspect({ guard }: Pick<StoredInstance, 'guard'>, key: string): boolean {
    const attempt = guard?.attempts?.[key];
    return attempt !== undefined && (attempt.held === true || attempt.by !== this.by);
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
    const before = guard.attempts?.[key];
    if (before?.held === true || (this.isSuspect(document, key) && !alone)) return false;
    const ended = (before?.ended ?? 0) + (this.isSuspect(document, key) ? 1 : 0);
    const held = ended >= HELD_AFTER;
    const elementId = items?.find((item) => item.id === key)?.elementId;
    const attempt: Attempt = {
      work,
      by: this.by,
      at: today(),
      ended,
      ...(elementId === undefined ? {} : { elementId }),
      ...(held ? { held } : {}),
    };
    const next = nextGuard({ ...guard, attempts: { ...guard.attempts, [key]: attempt } });
    if (!(await this.instances.update(document.id, guard.rev, { guard: next })))
      throw new Conflict('conflict', 'The instance was changed by somebody else meanwhile.');
    document.guard = next;
    if (held)
      this.logger.error('work that was under way when processes ended is held back', {
        instance: document.id,
        work,
        element: elementId,
        ended,
      });
    return !held;
  }
}

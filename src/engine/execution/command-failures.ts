import { isGuardError } from '../../core/errors.js';
import { BACKGROUND, forgetting, withoutAttempts } from './attempts-left.js';
import type { Command } from './command.js';
import type { RunnerParts } from './command-options.js';
import { changeGuard } from './commit.js';
import { isOutage } from './transient.js';

const BACKGROUND_FAILED = 'work in the background failed';

/** Failures that nobody waits for: they stand at their instances, where whoever may read those finds them. */
export class CommandFailures {
  /** @param keepTrack has a guard that closes wait for the work */
  constructor(
    private readonly parts: Pick<RunnerParts, 'store' | 'locks' | 'retries' | 'logger'>,
    private readonly keepTrack: (work: Promise<void>) => Promise<void>,
  ) {}

  /** Work in the background has failed; it is logged, and does not begin again. Never rejects. */
  async ofBackground(command: Command, error: unknown): Promise<void> {
    const tooLong = isGuardError(error) && error.code === 'timed-out';
    const what = tooLong ? 'work in the background took too long' : BACKGROUND_FAILED;
    this.parts.logger.error(what, { error: error instanceof Error ? error.message : String(error) });
    for (const id of command.executions.keys()) {
      command.failures.push({ what, instanceId: id });
      await this.note(id, what).catch((failed: unknown) =>
        this.parts.logger.error('the failure could not be recorded', { instance: id, error: String(failed) }),
      );
    }
  }

  /** The guard was closed, which is not the end of a process over this work. Never rejects. */
  async leaveToNext(command: Command): Promise<void> {
    const forget = (id: string): Promise<void> =>
      changeGuard(
        this.parts.store,
        id,
        forgetting((key) => key === BACKGROUND),
      );
    const ids = [...command.executions.keys()];
    await Promise.all(ids.map((id) => forget(id).catch((error: unknown) => this.unforgotten(id, error))));
  }

  private unforgotten(id: string, error: unknown): void {
    this.parts.logger.warn('an attempt could not be forgotten; it counts as the end of a process', {
      instance: id,
      error: String(error),
    });
  }

  /** Writes the failure of background work. The caller holds the lock of the instance. */
  note(id: string, failure = BACKGROUND_FAILED): Promise<void> {
    return changeGuard(this.parts.store, id, ({ busy: _busy, begun: _begun, attempts, ...guard }) => ({
      ...guard,
      attempts: withoutAttempts(attempts, (key) => key === BACKGROUND),
      failure,
    }));
  }

  /**
   * An attempt has failed, and the process goes on: it is not counted. Never rejects: whether the work is tried again
   * hangs on the failure of the work, not on whether this could be written. A guard that closes waits for it, since an
   * attempt that is left counts as the end of a process.
   */
  async forgetAttempt(id: string, key: string, failure: unknown): Promise<void> {
    if (isOutage(failure)) return;
    const { locks, retries, store } = this.parts;
    const forget = async (): Promise<void> => {
      const release = await locks.lock(id);
      let failed: unknown;
      try {
        await changeGuard(
          store,
          id,
          forgetting((entry) => entry === key),
        );
      } catch (error) {
        failed = error;
        throw error;
      } finally {
        await release(failed);
      }
    };
    await this.keepTrack(retries.attempt('forgetting a failed attempt', forget, { instance: id }));
  }
}

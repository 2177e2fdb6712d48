import { isGuardError } from '../../core/errors.js';
import { messageOf } from '../../core/thrown.js';
import { BACKGROUND, removingAttempts, withoutAttempts } from './attempts-left.js';
import type { Command } from './command.js';
import type { RunnerParts } from './command-options.js';
import { changeGuard } from './change-guard.js';
import { isOutage } from './transient.js';

const BACKGROUND_FAILED = 'work in the background failed';

/** Failures of background work. They are recorded with their instances, for the readers of those. */
export class CommandFailures {
  /** @param keepTrack makes `close` wait for the work */
  constructor(
    private readonly parts: Pick<RunnerParts, 'store' | 'locks' | 'retries' | 'logger'>,
    private readonly keepTrack: (work: Promise<void>) => Promise<void>,
  ) {}

  /** Records that background work has failed. It is logged and does not start again. Never rejects. */
  async ofBackground(command: Command, error: unknown): Promise<void> {
    const tooLong = isGuardError(error) && error.code === 'timed-out';
    const what = tooLong ? 'work in the background took too long' : BACKGROUND_FAILED;
    this.parts.logger.error(what, { error: messageOf(error) });
    for (const id of command.executions.keys()) {
      command.failures.push({ what, instanceId: id });
      await this.record(id, what).catch((failed: unknown) =>
        this.parts.logger.error('the failure could not be recorded', {
          instance: id,
          error: messageOf(failed),
        }),
      );
    }
  }

  /** Records that the guard was closed, which must not count as a process that ended over this work. Never rejects. */
  async leaveToNext(command: Command): Promise<void> {
    const forget = (id: string): Promise<void> =>
      changeGuard(
        this.parts.store,
        id,
        removingAttempts((key) => key === BACKGROUND),
      );
    const ids = [...command.executions.keys()];
    await Promise.all(ids.map((id) => forget(id).catch((error: unknown) => this.unforgotten(id, error))));
  }

  private unforgotten(id: string, error: unknown): void {
    this.parts.logger.warn('an attempt could not be removed; it counts as the end of a process', {
      instance: id,
      error: messageOf(error),
    });
  }

  /** Records the failure of background work. The caller must hold the lock of the instance. */
  record(id: string, failure = BACKGROUND_FAILED): Promise<void> {
    return changeGuard(this.parts.store, id, ({ busy: _busy, begun: _begun, attempts, ...guard }) => ({
      ...guard,
      attempts: withoutAttempts(attempts, (key) => key === BACKGROUND),
      failure,
    }));
  }

  /**
   * Records that an attempt failed while the process continues, so that it does not count. Never rejects: whether
   * the work is retried depends on its own failure, not on this write. `close` waits for it, since a remaining
   * attempt counts as the end of a process.
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
          removingAttempts((entry) => entry === key),
        );
      } catch (error) {
        failed = error;
        throw error;
      } finally {
        await release(failed);
      }
    };
    await this.keepTrack(retries.attempt('removing a failed attempt', forget, { instance: id }));
  }
}

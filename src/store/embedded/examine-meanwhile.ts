import { setTimeout } from 'node:timers/promises';
import { ticks } from '../../core/clock.js';
import { isGuardError, type GuardError } from '../../core/errors.js';
import type { Examination } from './examination.js';
import { readingFailed } from './failure.js';
import type { Groups } from './groups.js';

/** Least milliseconds between two parts of an examination, in which calls are answered; how much longer than a part. */
const PAUSE = 20;
const SHARE = 4;
const PAUSE_AFTER_FAILURE = 10_000;

/** Receives the outcome of an examination. */
export interface Examined {
  /** True when nothing more is to be examined. */
  isOver(): boolean;
  /** Told once. */
  found(damage: GuardError): void;
  /** A part could not be read. It is tried again. */
  failed(cause: unknown): void;
  /** A part was read. */
  succeeded(): void;
}

/** Examines all values while the store is used, one part after the other, each while nothing is written. */
export async function examineMeanwhile(
  examination: Pick<Examination, 'next'>,
  groups: Pick<Groups, 'exclusive'>,
  told: Examined,
): Promise<void> {
  const part = async (): Promise<'last' | 'more' | 'unread'> => {
    if (told.isOver()) return 'last';
    try {
      const isLast = await examination.next();
      told.succeeded();
      return isLast ? 'last' : 'more';
    } catch (cause) {
      const error = readingFailed(cause);
      if (isGuardError(error) && error.code === 'store-damaged') told.found(error);
      else told.failed(error);
      return 'unread';
    }
  };
  while (!told.isOver()) {
    const begun = ticks();
    const came = await groups.exclusive(part);
    if (came === 'last' || told.isOver()) return;
    const pause = came === 'unread' ? PAUSE_AFTER_FAILURE : Math.max(PAUSE, SHARE * (ticks() - begun));
    await setTimeout(pause, undefined, { ref: false });
  }
}

import { ticks } from '../../core/clock.js';

/** Refusals of one kind recorded individually per minute, so that callers without a key cannot fill the store. */
const RECORDED = 60;
const MINUTE = 60_000;
/** The number of kinds counted separately; all others count as one. Kinds come from code, so there are few. */
const KINDS = 200;
const OTHERS: RefusalKind = Object.freeze({ operation: 'authenticate', name: 'other', reason: 'failed' });

/** Refusals that agree in these properties are counted together. */
export interface RefusalKind {
  readonly operation: string;
  /** The attempted authentication method. */
  readonly name: string;
  /** The error code. */
  readonly reason: string;
}

interface Minute {
  readonly kind: RefusalKind;
  readonly began: number;
  seen: number;
  timer?: NodeJS.Timeout;
}

/**
 * Limits how many refusals of unidentified callers are recorded. Each kind has its own allowance, so that a flood
 * of one kind does not hide another. The excess is counted, and the count is reported at the end of the minute.
 */
export class RefusalTally {
  private readonly minutes = new Map<string, Minute>();

  /** @param report receives the number of unrecorded refusals of a kind; never rejects */
  constructor(private readonly report: (kind: RefusalKind, count: number) => Promise<void>) {}

  /** True: record it. False: it was only counted. */
  admits(wanted: RefusalKind): boolean {
    const own = JSON.stringify([wanted.operation, wanted.name, wanted.reason]);
    const isNew = !this.minutes.has(own) && this.minutes.size >= KINDS;
    const [kind, key] = isNew ? [OTHERS, ''] : [wanted, own];
    const minute = this.present(kind, key);
    minute.seen++;
    if (minute.seen <= RECORDED) return true;
    const remaining = Math.max(0, MINUTE - (ticks() - minute.began));
    minute.timer ??= setTimeout(() => void this.end(key, minute), remaining).unref();
    return false;
  }

  /** The minute of a kind; a new one where the last is over and has nothing to report. */
  private present(kind: RefusalKind, key: string): Minute {
    const known = this.minutes.get(key);
    if (known !== undefined && (known.timer !== undefined || ticks() - known.began < MINUTE)) return known;
    const minute: Minute = { kind, began: ticks(), seen: 0 };
    this.minutes.set(key, minute);
    return minute;
  }

  private async end(key: string, { kind, seen, timer }: Minute): Promise<void> {
    this.minutes.delete(key);
    clearTimeout(timer);
    if (seen > RECORDED) await this.report(kind, seen - RECORDED);
  }

  /** Reports all counts not yet reported. */
  async flush(): Promise<void> {
    await Promise.all([...this.minutes].map(([key, minute]) => this.end(key, minute)));
  }
}

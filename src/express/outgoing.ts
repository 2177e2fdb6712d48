import type { HttpResponse } from './http.js';

/** Limits for large answers on their way to clients. */
export interface OutgoingLimits {
  /** Size from which an answer counts, in bytes. */
  readonly large: number;
  /** Bytes of all large answers on their way. */
  readonly most: number;
  /** Milliseconds without progress after which a connection is closed. */
  readonly patience: number;
}

const LIMITS: OutgoingLimits = { large: 65_536, most: 134_217_728, patience: 30_000 };

/**
 * The large answers that clients have not fully read. A client that reads nothing loses its connection; if all
 * clients together leave too much unread, the one that has kept its answer waiting longest does. Others are answered.
 */
export class Outgoing {
  private readonly waiting = new Map<HttpResponse, number>();
  private total = 0;

  constructor(private readonly limits = LIMITS) {}

  /** To be called before an answer of so many bytes is sent. */
  add(res: HttpResponse, bytes: number): void {
    const { large, most, patience } = this.limits;
    if (bytes < large) return;
    this.waiting.set(res, bytes);
    this.total += bytes;
    res.once('close', () => this.remove(res));
    // Node restarts this timer while the connection takes bytes, and sets its own when the answer has been sent.
    res.setTimeout(patience, () => res.destroy());
    for (const oldest of this.waiting.keys()) {
      if (this.total <= most || oldest === res) break;
      this.remove(oldest);
      oldest.destroy();
    }
  }

  private remove(res: HttpResponse): void {
    const bytes = this.waiting.get(res);
    if (bytes === undefined) return;
    this.waiting.delete(res);
    this.total -= bytes;
  }
}

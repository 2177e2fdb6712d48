import { Conflict, GuardError } from '../../core/errors.js';
import type { Contexts } from './context.js';

/** Changes of one tenant's policies that may wait for others. */
const MOST = 100;
/** The limit for one caller, so that nobody blocks the others. */
const MOST_OF_ONE = 50;
/** The longest time for which one waits, in milliseconds. */
const LONGEST = 60_000;

const tooMany = (whose: string): GuardError =>
  new GuardError('too-many', `${whose} of the policies wait for others already; try again later.`);
const busy = (): Conflict =>
  new Conflict('busy', 'Others are changing the policies at this moment; try again.');

/** A change that waits. */
interface Waiting {
  /** Who asked for it; missing: this package itself. */
  readonly by: string | undefined;
  readonly begin: () => void;
}

/**
 * One change of a tenant's policies at a time, in the order in which they were asked for: a large one takes the memory
 * of all that is compiled of it. Nothing but changes waits.
 */
export class ChangeTurns {
  /** For each tenant whose policies are being changed: the waiting changes. */
  private readonly waiting = new Map<string | null, Waiting[]>();

  constructor(private readonly contexts: Contexts) {}

  /**
   * Makes a change when it is its turn. One that is asked for within another, such as by the application's directory,
   * has no turn of its own: the other would wait for it.
   * @param work receives whether others came first
   * @param by the caller; missing: this package itself, which is never refused
   * @throws GuardError `too-many` if too many wait; Conflict `busy` if it waited for too long
   */
  async take<T>(tenantId: string | null, work: (waited: boolean) => Promise<T>, by?: string): Promise<T> {
    if (this.contexts.isChanging) return work(false);
    const waited = await this.turn(tenantId, by);
    try {
      return await this.contexts.changing(() => work(waited));
    } finally {
      this.next(tenantId);
    }
  }

  private async turn(tenantId: string | null, by: string | undefined): Promise<boolean> {
    const waiting = this.waiting.get(tenantId);
    if (waiting === undefined) {
      this.waiting.set(tenantId, []);
      return false;
    }
    if (by !== undefined && waiting.length >= MOST) throw tooMany(`${MOST} changes`);
    if (by !== undefined && waiting.filter((one) => one.by === by).length >= MOST_OF_ONE)
      throw tooMany(`${MOST_OF_ONE} of your changes`);
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(mine), 1);
        reject(busy());
      }, LONGEST);
      timer.unref();
      const mine = { by, begin };
      waiting.push(mine);
    });
    return true;
  }

  private next(tenantId: string | null): void {
    const next = this.waiting.get(tenantId)?.shift();
    if (next === undefined) this.waiting.delete(tenantId);
    else next.begin();
  }
}

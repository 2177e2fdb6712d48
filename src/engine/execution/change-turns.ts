import { Conflict, GuardError } from '../../core/errors.js';
import type { Contexts } from './context.js';

/** Changes of one tenant's policies that may wait for others; as many again for administrators alone. */
const MOST = 100;
/** The limit for one caller, so that nobody blocks the others. */
const MOST_OF_ONE = 50;
/** The longest time for which one waits, in milliseconds. */
const LONGEST = 60_000;

const tooMany = (whose: string): GuardError =>
  new GuardError('too-many', `${whose} of the policies wait for others already; try again later.`);
const busy = (): Conflict =>
  new Conflict('busy', 'Others are changing the policies at this moment; try again.');

/** Who asks for a change. */
export interface Asker {
  readonly userName: string;
  isAdmin(): boolean;
}

/** A change that waits. */
interface Waiting {
  /** Who asked for it; missing: this package itself. */
  readonly by: Asker | undefined;
  readonly begin: () => void;
}

/** The changes of one tenant. */
interface Queue {
  readonly waiting: Waiting[];
  /** When each caller had a turn last. */
  readonly had: Map<string | undefined, number>;
  begun: number;
}

/** The change that came first of those whose caller has waited for a turn longest. */
function nextOf({ waiting, had }: Queue): Waiting | undefined {
  const last = ({ by }: Waiting): number => had.get(by?.userName) ?? 0;
  const next = waiting.reduce<Waiting | undefined>(
    (first, one) => (first === undefined || last(one) < last(first) ? one : first),
    undefined,
  );
  if (next !== undefined) waiting.splice(waiting.indexOf(next), 1);
  return next;
}

function begins(queue: Queue, by: Asker | undefined): void {
  queue.had.set(by?.userName, ++queue.begun);
}

/**
 * One change of a tenant's policies at a time, since a large one takes the memory of all that is compiled of it.
 * Callers take turns, each in the order in which they asked, and administrators have places of their own: others who
 * may change something cannot keep them from withdrawing it. Nothing but changes waits.
 */
export class ChangeTurns {
  /** Of each tenant whose policies are being changed. */
  private readonly queues = new Map<string | null, Queue>();

  constructor(private readonly contexts: Contexts) {}

  /**
   * Makes a change when it is its turn. One that is asked for within another, such as by the application's directory,
   * has no turn of its own: the other would wait for it.
   * @param work receives whether others came first
   * @param by the caller; missing: this package itself, which is never refused
   * @throws GuardError `too-many` if too many wait; Conflict `busy` if it waited for too long
   */
  async take<T>(tenantId: string | null, work: (waited: boolean) => Promise<T>, by?: Asker): Promise<T> {
    if (this.contexts.isChanging) return work(false);
    const waited = await this.turn(tenantId, by);
    try {
      return await this.contexts.changing(() => work(waited));
    } finally {
      this.next(tenantId);
    }
  }

  private async turn(tenantId: string | null, by: Asker | undefined): Promise<boolean> {
    const queue = this.queues.get(tenantId);
    if (queue === undefined) {
      const begun: Queue = { waiting: [], had: new Map(), begun: 0 };
      begins(begun, by);
      this.queues.set(tenantId, begun);
      return false;
    }
    const { waiting } = queue;
    if (by !== undefined) {
      const alike = waiting.filter((one) => one.by?.isAdmin() === by.isAdmin());
      if (alike.length >= MOST) throw tooMany(`${MOST} changes`);
      if (alike.filter((one) => one.by?.userName === by.userName).length >= MOST_OF_ONE)
        throw tooMany(`${MOST_OF_ONE} of your changes`);
    }
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
    const queue = this.queues.get(tenantId);
    const next = queue && nextOf(queue);
    if (queue === undefined || next === undefined) {
      this.queues.delete(tenantId);
      return;
    }
    begins(queue, next.by);
    next.begin();
  }
}

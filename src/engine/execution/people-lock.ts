import { Conflict, isGuardError } from '../../core/errors.js';
import type { Contexts } from './context.js';
import type { InstanceLocks, Release } from './locks.js';

/** The name of the lock, among those of instances. */
const NAME = 'guard:people';

const busy = (): Conflict =>
  new Conflict('busy', 'Others are changing users or security roles at this moment; try again.');

const nested = (): Conflict =>
  new Conflict(
    'wrong-state',
    'A change of users or of who manages security roles is under way here: make this one after it has ended.',
  );

/**
 * One change at a time, in all processes, of what decides who manages: of users, and of the holders of security roles.
 * Two changes that each leave one manager would together leave none.
 */
export class PeopleLock {
  /** @param contexts missing: nothing within such a change makes another one */
  constructor(
    private readonly locks: Pick<InstanceLocks, 'lock'>,
    private readonly contexts?: Pick<Contexts, 'isChangingPeople' | 'changingPeople'>,
  ) {}

  /**
   * A change within another would wait for it, and what the outer one has found would no longer hold.
   * @throws Conflict `busy` if others hold it for too long; `wrong-state` within another such change
   */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const { contexts } = this;
    if (contexts?.isChangingPeople === true) throw nested();
    const release = await this.take();
    let failure: unknown;
    try {
      return await (contexts === undefined ? work() : contexts.changingPeople(work));
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await release(failure);
    }
  }

  private async take(): Promise<Release> {
    try {
      return await this.locks.lock(NAME);
    } catch (error) {
      throw isGuardError(error) && error.code === 'busy' ? busy() : error;
    }
  }
}

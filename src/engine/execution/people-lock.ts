import { Conflict, isGuardError } from '../../core/errors.js';
import type { InstanceLocks, Release } from './locks.js';

/** The name of the lock, among those of instances. */
const NAME = 'guard:people';

const busy = (): Conflict =>
  new Conflict('busy', 'Others are changing users or security roles at this moment; try again.');

/**
 * One change at a time, in all processes, of what decides who manages: of users, and of the holders of security roles.
 * Two changes that each leave one manager would together leave none.
 */
export class PeopleLock {
  constructor(private readonly locks: Pick<InstanceLocks, 'lock'>) {}

  /** @throws Conflict `busy` if others hold it for too long */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.take();
    let failure: unknown;
    try {
      return await work();
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

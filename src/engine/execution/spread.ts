import { SYSTEM_USER } from '../../core/principal.js';
import type { Store, StoredInstance, Suspension } from '../../store/port.js';
import { LARGE_FIELDS } from '../../store/query/large-fields.js';
import type { CommandRunner } from './command-runner.js';
import type { HostModels } from './host-models.js';
import { rewrite } from './rewrite.js';
import { processesBelow, terminateBelow, withoutSpread } from './terminate.js';

type Instances = Pick<Store, 'instances'>;

/**
 * Carries what was done to an instance on to the processes that it has called and those that were added to it. The
 * instance keeps a note of it until that is done, so that a crash in between leaves it to the next start.
 */
export class Spread {
  /** Called for each resumed instance: its timers and what was sent to it have waited. */
  awake: (id: string) => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly runner: CommandRunner,
    readonly store: Instances,
    readonly models: Pick<HostModels, 'loadFromInstance'>,
  ) {}

  /**
   * Carries on what an instance has noted, and removes the note.
   * @returns the ids of the instances below that it reached
   */
  async run(id: string): Promise<string[]> {
    const { instances } = this.store;
    const document = await instances.load(id, LARGE_FIELDS);
    const spread = document?.guard?.spread;
    if (document === undefined || spread === undefined) return [];
    if (document.status === 'terminated')
      return terminateBelow(instances, id, (one) => this.runner.inDoubt([one]));
    const reached: string[] = [];
    for (const child of await processesBelow(instances, document)) {
      if (await this.reach(child.id, id, spread.root)) reached.push(child.id);
      reached.push(...(await this.run(child.id)));
    }
    await this.runner.onInstance(id, SYSTEM_USER, (command, locked) =>
      rewrite(this, command, locked, (_document, guard) => {
        const next = withoutSpread(guard, spread);
        if (next.spread === undefined) delete guard.spread;
      }),
    );
    return reached;
  }

  /** @returns whether the instance below was changed */
  private async reach(id: string, above: string, root: string): Promise<boolean> {
    const changed = await this.runner.onInstance(id, SYSTEM_USER, async (command, locked) => {
      const now = await this.store.instances.load(above, LARGE_FIELDS);
      const suspension = now?.guard?.suspension;
      const mine = locked.guard?.suspension;
      if (locked.status !== 'running' || !this.applies(suspension, mine, root)) return undefined;
      await rewrite(this, command, locked, (_document, guard) => {
        if (suspension === undefined) delete guard.suspension;
        else guard.suspension = { by: suspension.by, at: suspension.at, with: root };
        guard.spread = { root, rev: guard.rev };
      });
      return suspension === undefined ? 'resumed' : 'suspended';
    });
    if (changed === 'resumed') await this.awake(id);
    return changed !== undefined;
  }

  /** What is suspended on its own stays so, whatever happens above it. */
  private applies(above: Suspension | undefined, mine: Suspension | undefined, root: string): boolean {
    return above === undefined ? mine?.with === root : mine === undefined;
  }
}

/** The note that an instance keeps while something is carried on below it. */
export const spreadOf = ({ id, guard }: StoredInstance): { root: string; rev: number } => ({
  root: guard?.suspension?.with ?? id,
  rev: guard?.rev ?? 0,
});

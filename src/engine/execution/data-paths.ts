import { MOST_DATA_PATHS } from '../../core/data-marks.js';
import type { Store } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';
import type { Retries } from './retries.js';

const NAMESPACE = 'dataPaths';

/** The paths below `data` for which instances are marked, in the order in which they were added. */
async function readDataPaths(store: Pick<Store, 'values'>): Promise<readonly string[]> {
  const added = new Map(await store.values(NAMESPACE).entries());
  const paths: string[] = [];
  for (let path = added.get('0'); typeof path === 'string'; path = added.get(String(paths.length)))
    paths.push(path);
  return Object.freeze(paths);
}

/**
 * The list of paths as this process knows it. It may be behind: then instances are marked for fewer paths, which they
 * say, and searches use fewer.
 */
export class DataPaths {
  private known: readonly string[] = Object.freeze([]);
  private readonly asked = new Set<string>();
  /** Called when a path was added; set once while the guard is assembled. */
  added: () => void = () => undefined;

  constructor(
    private readonly store: Pick<Store, 'values'>,
    private readonly retries: Retries,
    private readonly logger: GuardLogger,
  ) {}

  get list(): readonly string[] {
    return this.known;
  }

  async refresh(): Promise<void> {
    const read = await readDataPaths(this.store);
    if (read.length > this.known.length) this.known = read;
  }

  /** Adds the paths that are not in the list, in the background, while there is room. */
  want(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.asked.has(path) || this.known.includes(path) || this.asked.size > MOST_DATA_PATHS) continue;
      this.asked.add(path);
      this.retries.later('adding marks for data', () => this.add(path), { path }, 0);
    }
  }

  private async add(path: string): Promise<void> {
    for (;;) {
      await this.refresh();
      if (this.known.includes(path)) return;
      if (this.known.length >= MOST_DATA_PATHS)
        return this.logger.warn(
          'a rule compares data for which lists have no marks: there are too many paths',
          {
            path,
            most: MOST_DATA_PATHS,
          },
        );
      if (await this.store.values(NAMESPACE).add(String(this.known.length), path)) break;
    }
    await this.refresh();
    this.added();
  }
}

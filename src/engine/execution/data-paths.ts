import { MOST_DATA_PATHS } from '../../core/data-marks.js';
import type { Store } from '../../store/port.js';
import { UNLISTED } from '../../store/query/large-fields.js';
import { placeOfInstance, walk } from '../../store/query/walk.js';
import type { GuardLogger } from '../contract/types.js';
import type { Retries } from './retries.js';

const NAMESPACE = 'dataPaths';
/** Paths that the lists of one tenant's people may add, so that no tenant takes the room of all. */
const MOST_OF_TENANT = 4;
/** Paths that are remembered as asked for; each is tried once. */
const MOST_ASKED = 64;
const BATCH = 500;
const UNREAD = [...UNLISTED, 'items', 'tokens', 'data'];

/** How far stored instances are marked. */
export interface MarkedSoFar {
  /** All are marked for so many paths, the first of the list. */
  readonly complete: number;
  /** A pass for more paths has come to the instance with this `_id`. */
  readonly pass?: { readonly paths: number; readonly after: string };
}

const MARKER = 'dataMarked';

export async function readMarkedSoFar(store: Pick<Store, 'values'>): Promise<MarkedSoFar> {
  return ((await store.values('guard').get(MARKER)) as MarkedSoFar | undefined) ?? { complete: 0 };
}

export const saveMarkedSoFar = (store: Pick<Store, 'values'>, state: MarkedSoFar): Promise<void> =>
  store.values('guard').set(MARKER, state);

/** The paths below `data` for which instances are marked, in the order in which they were added. */
export async function readDataPaths(store: Pick<Store, 'values'>): Promise<readonly string[]> {
  const added = new Map(await store.values(NAMESPACE).entries());
  const paths: string[] = [];
  for (let path = added.get('0'); typeof path === 'string'; path = added.get(String(paths.length)))
    paths.push(path);
  return Object.freeze(paths);
}

const NONE: readonly string[] = Object.freeze([]);

/**
 * The list of paths as this process knows it. It may be behind: then instances are marked for fewer paths, which they
 * say, and searches use fewer.
 */
export class DataPaths {
  private known = NONE;
  private ofSearches = NONE;
  private isLost = false;
  private adding: Promise<unknown> = Promise.resolve();
  private readonly asked = new Set<string>();
  private readonly askedBy = new Map<string | undefined, number>();
  /** Called when the list has become longer; set once while the guard is assembled. */
  grown: () => void = () => undefined;

  constructor(
    private readonly store: Pick<Store, 'values' | 'instances'>,
    private readonly retries: Retries,
    private readonly logger: GuardLogger,
  ) {}

  /** Instances that are written are marked for these. */
  get list(): readonly string[] {
    return this.isLost ? NONE : this.known;
  }

  /** All instances are marked for these; lists search by no others. */
  get searched(): readonly string[] {
    return this.isLost ? NONE : this.ofSearches;
  }

  async refresh(): Promise<void> {
    const [read, { complete }] = await Promise.all([readDataPaths(this.store), readMarkedSoFar(this.store)]);
    if (this.known.some((path, at) => read[at] !== path)) return this.lose();
    const before = this.known.length;
    this.known = read;
    this.ofSearches = Object.freeze(read.slice(0, complete));
    if (read.length > before) this.grown();
  }

  /** Somebody has deleted the list: nobody knows for what instances are marked. */
  private lose(): void {
    if (!this.isLost)
      this.logger.error(
        'the list of data for which instances are marked was changed; lists search without it',
        {
          paths: this.known,
        },
      );
    this.isLost = true;
  }

  /**
   * Adds the paths that are not in the list, in the background, while there is room.
   * @param tenantId the tenant whose lists search by them
   */
  want(paths: readonly string[], tenantId: string | undefined): void {
    for (const path of paths) {
      if (this.known.includes(path) || this.asked.has(path) || this.asked.size >= MOST_ASKED) continue;
      const askedBefore = this.askedBy.get(tenantId) ?? 0;
      if (tenantId !== undefined && askedBefore >= MOST_OF_TENANT) continue;
      this.askedBy.set(tenantId, askedBefore + 1);
      this.asked.add(path);
      this.retries.later('adding marks for data', () => this.inTurn(path), { path }, 0);
    }
  }

  /** One after the other: they would take the same place in the list. */
  private inTurn(path: string): Promise<void> {
    const done = this.adding.then(() => this.add(path));
    this.adding = done.catch(() => undefined);
    return done;
  }

  private async add(path: string): Promise<void> {
    for (;;) {
      await this.refresh();
      const { length } = this.known;
      if (this.isLost || this.known.includes(path)) return;
      if (length >= MOST_DATA_PATHS)
        return this.logger.warn(
          'a rule compares data for which lists have no marks: there are too many paths',
          {
            path,
            most: MOST_DATA_PATHS,
          },
        );
      const next = (await this.storedAt(length)) ?? path;
      await this.store.values(NAMESPACE).add(String(length), next);
      await this.refresh();
      if (this.known.length === length) throw new Error('The list of data paths holds something else');
    }
  }

  /** The path at that place for which an instance is marked, although the list lacks it: the list was lost. */
  private async storedAt(place: number): Promise<string | undefined> {
    const { instances } = this.store;
    const pages = walk(
      BATCH,
      (page) => instances.find({ filter: {}, without: UNREAD, ...page }),
      placeOfInstance,
    );
    for await (const page of pages)
      for (const { guard } of page) {
        const path = guard?.dataPaths?.[place];
        if (path !== undefined) return path;
      }
    return undefined;
  }
}

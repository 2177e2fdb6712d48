import type { Cursor, Paging } from '../port.js';
import { markNext } from '../query/walk.js';
import type { CandidateOptions, Walk } from './candidates.js';

/** The places of the instances of one page of a walk, which the next page continues. */
export class PageWalk {
  private readonly places = new Map<string, string>();
  private readonly walk: Walk | undefined;

  constructor(private readonly paging: Paging) {
    const place = paging.after?.place;
    this.walk = paging.unordered === true ? { place, passes: (places) => this.pass(places) } : undefined;
  }

  private pass(places: ReadonlyMap<string, string>): void {
    for (const [id, place] of places) this.places.set(id, place);
  }

  get options(): Pick<CandidateOptions, 'walk'> {
    return { walk: this.walk };
  }

  /** Where the walk continues after these rows, if it is not in the default order. */
  ended<Row extends { readonly id: string }>(rows: Row[], cursorOf: (row: Row) => Cursor): Row[] {
    const last = rows.at(-1);
    const place = last && this.places.get(last.id);
    return place === undefined ? rows : markNext(rows, { ...cursorOf(last as Row), place });
  }
}

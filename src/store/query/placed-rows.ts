interface Placed<Row> {
  readonly row: Row;
  readonly size: number;
}

/** The rows of a page whose places are known, added in any order. Keeps no more of them than fit, but for the first. */
export class PlacedRows<Row> {
  private readonly found: (Placed<Row> | undefined)[] = [];
  private size = 0;
  private count = 0;
  /** Places from here on are not part of the page. */
  end: number;

  /**
   * @param places their number
   * @param bytes that the rows may have together
   */
  constructor(
    private readonly places: number,
    private readonly bytes = Infinity,
  ) {
    this.end = places;
  }

  /** @param sizeOf bytes of the row; not called if there is no limit */
  add(at: number, row: Row, sizeOf: (row: Row) => number): void {
    if (at >= this.end) return;
    const size = this.bytes === Infinity ? 0 : Math.max(1, sizeOf(row));
    this.found[at] = { row, size };
    this.size += size;
    this.count++;
    while (this.size > this.bytes && this.count > 1) this.dropLast();
  }

  private dropLast(): void {
    const last = this.found[--this.end];
    this.found.length = Math.min(this.found.length, this.end);
    if (last === undefined) return;
    this.size -= last.size;
    this.count--;
  }

  /** True when rows were left out because of their bytes. */
  get isCut(): boolean {
    return this.end < this.places;
  }

  get rows(): Row[] {
    return this.found.flatMap((placed) => (placed === undefined ? [] : [placed.row]));
  }
}

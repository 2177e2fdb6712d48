const TEXT = 100;

/**
 * Counts the steps that a pattern may take: what can be tried in several ways is tried in all of them before
 * it fails.
 */
export class RegexCost {
  private ways = 1;
  /** Power of the text's length. */
  private degree = 0;
  private readonly alternatives = [1];

  open(): void {
    this.alternatives.push(1);
  }

  alternative(): void {
    this.alternatives.push((this.alternatives.pop() as number) + 1);
  }

  close(): void {
    this.ways *= this.alternatives.pop() as number;
  }

  repetition(least: number, most: number): void {
    if (most === Infinity) this.degree++;
    else this.ways *= Math.max(most - least, 0) + 1;
  }

  /**
   * Steps on a text of 100 characters; to be asked when all that was opened is closed.
   * @param anchored true when it can begin at one place only
   */
  steps(anchored: boolean): number {
    this.close();
    return this.ways * TEXT ** (this.degree + (anchored ? 0 : 1));
  }
}

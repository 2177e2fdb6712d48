const TEXT = 100;

/** In how many ways a pattern can be tried on a text, by an engine that goes back when it fails. */
export interface Cost {
  readonly ways: number;
  /** Power of the text's length, for a pattern that can begin at one place only. */
  readonly degree: number;
}

/** The most steps on a text of that length. */
export const stepsOn = ({ ways, degree }: Cost, length: number, anchored: boolean): number =>
  ways * length ** (degree + (anchored ? 0 : 1));

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

  /** To be asked once, when all that was opened is closed. */
  total(): Cost {
    this.close();
    return { ways: this.ways, degree: this.degree };
  }

  /**
   * Steps on a text of 100 characters; to be asked when all that was opened is closed.
   * @param anchored true when it can begin at one place only
   */
  steps(anchored: boolean): number {
    return stepsOn(this.total(), TEXT, anchored);
  }
}

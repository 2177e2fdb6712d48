const TEXT = 100;

/** The number of ways in which a backtracking engine can try a pattern on a text. */
export interface Cost {
  readonly ways: number;
  /** Exponent of the length of the text, for an anchored pattern. */
  readonly degree: number;
}

/** The maximum number of steps on a text of that length. */
export const stepsOn = ({ ways, degree }: Cost, length: number, anchored: boolean): number =>
  ways * length ** (degree + (anchored ? 0 : 1));

/**
 * Computes the maximum number of steps of a pattern: before it fails, a backtracking engine tries all combinations of
 * its alternatives and repetitions.
 */
export class RegexCost {
  private ways = 1;
  /** Exponent of the length of the text. */
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

  /** Call it once, after every group is closed. */
  total(): Cost {
    this.close();
    return { ways: this.ways, degree: this.degree };
  }

  /**
   * Steps on a text of 100 characters; call it once, after every group is closed.
   * @param anchored true when a match can begin at only one position
   */
  steps(anchored: boolean): number {
    return stepsOn(this.total(), TEXT, anchored);
  }
}

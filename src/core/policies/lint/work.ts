/** Maximum work of one run of the linter, in steps; the result names what was left out because of it. */
export class Work {
  private readonly omitted = new Set<string>();

  /** @param steps an upper bound of comparisons and decisions */
  constructor(private steps: number) {}

  /** @returns false if that is too much: then `what` is left out, wholly or in part */
  spend(steps: number, what: string): boolean {
    if (steps <= this.steps) {
      this.steps -= steps;
      return true;
    }
    this.leaveOut(what);
    return false;
  }

  leaveOut(what: string): void {
    this.omitted.add(what);
  }

  get leftOut(): readonly string[] {
    return Object.freeze([...this.omitted]);
  }
}

import type { Spend } from './budget.js';
import type { Place, Program } from './linear-program.js';

const NONE = -1;
const LINE_FEED = 10;

/** Tells whether a zero-width assertion holds between two characters. */
function holds(
  asked: Place,
  program: Program,
  multiline: boolean,
  before: number,
  after: number,
  isLast: boolean,
): boolean {
  switch (asked) {
    case '^':
      return before === NONE || (multiline && before === LINE_FEED && after !== NONE);
    case '$':
      return after === NONE || (after === LINE_FEED && (multiline || isLast));
    default: {
      const isEdge =
        (before !== NONE && program.isWord(before)) !== (after !== NONE && program.isWord(after));
      return isEdge === (asked === '\\b');
    }
  }
}

/** A set of steps in insertion order that can be cleared at no cost. */
class Steps {
  readonly list: Uint32Array;
  private readonly places: Uint32Array;
  size = 0;

  constructor(most: number) {
    this.list = new Uint32Array(most);
    this.places = new Uint32Array(most);
  }

  /** False when the set already has the step. */
  add(step: number): boolean {
    const place = this.places[step] as number;
    if (place < this.size && this.list[place] === step) return false;
    this.places[step] = this.size;
    this.list[this.size++] = step;
    return true;
  }
}

/**
 * Tells whether a text matches a pattern, in steps linear in the length of the text and of the pattern: all ways are
 * followed in parallel, and none twice.
 */
export function findLinear(program: Program, multiline: boolean, text: string, spend: Spend): boolean {
  const { steps } = program;
  let [now, next] = [new Steps(steps.length), new Steps(steps.length)];
  const stack: number[] = [];
  /** Follows a step to all steps that wait for a character; true when the pattern has matched. */
  const follow = (from: number, into: Steps, before: number, after: number, isLast: boolean): boolean => {
    stack.length = 0;
    stack.push(from);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (!into.add(at)) continue;
      const step = steps[at] as Program['steps'][number];
      if ('done' in step) return true;
      if ('either' in step) stack.push(step.or, step.either);
      else if ('at' in step && holds(step.at, program, multiline, before, after, isLast)) stack.push(at + 1);
    }
    return false;
  };
  let before = NONE;
  for (let i = 0; ;) {
    const code = i < text.length ? (text.codePointAt(i) as number) : NONE;
    const isLast = i + 1 === text.length;
    if ((i === 0 || !program.anchored) && follow(0, now, before, code, isLast)) return true;
    if (code === NONE) return false;
    spend(1 + now.size);
    i += code > 0xffff ? 2 : 1;
    const after = i < text.length ? (text.codePointAt(i) as number) : NONE;
    const willBeLast = i + 1 === text.length;
    next.size = 0;
    for (let n = 0; n < now.size; n++) {
      const at = now.list[n] as number;
      const step = steps[at] as Program['steps'][number];
      if ('fits' in step && step.fits(code) && follow(at + 1, next, code, after, willBeLast)) return true;
    }
    [now, next] = [next, now];
    if (now.size === 0 && program.anchored) return false;
    before = code;
  }
}

import type { Spend } from './budget.js';
import { findLinear } from './linear-pattern.js';
import { compileLinear } from './linear-program.js';
import { toPattern } from './pattern.js';
import { stepsOn } from './regex-cost.js';

/** Limits for JavaScript's engine: it is many times faster but backtracks, so it only runs cheap patterns. */
const ENGINE = { ways: 8, steps: 4096 } as const;
/** Its steps in the time of one step of the linear search. */
const PER_STEP = 16;

/**
 * A step of a pattern takes several times as long as others, and one text is searched without a pause. So that no text
 * blocks the process for long, it counts as that many steps of its document.
 */
const WEIGHT = 3;
const weighty =
  (spend: Spend): Spend =>
  (steps) =>
    spend(steps, WEIGHT * steps);

/** Tells whether a text matches a pattern. */
type Search = (text: string, spend: Spend) => boolean;

/**
 * Compiles a regular expression with MongoDB's semantics into a search that never exceeds its steps. JavaScript's
 * engine runs the patterns that callers cannot send (look-around, back references).
 * @throws TypeError when it is not a valid regular expression
 */
export function boundedPattern(source: string, flags: string): Search {
  const pattern = toPattern(source, flags);
  const kept = [...flags].filter((flag) => 'ims'.includes(flag)).join('');
  const program = compileLinear(source, kept);
  const engine = (text: string, steps: number, spend: Spend): boolean => {
    weighty(spend)(1 + Math.ceil(steps / PER_STEP));
    return pattern.test(text);
  };
  if (program === undefined) return (text, spend) => engine(text, text.length, spend);
  const { cost, anchored, literal } = program;
  const isCheap = cost.degree === 0 && cost.ways <= ENGINE.ways;
  const multiline = kept.includes('m');
  return (text, spend) => {
    if (isCheap) return engine(text, cost.ways * text.length, spend);
    const most = stepsOn(cost, text.length, anchored);
    if (most <= ENGINE.steps) return engine(text, most, spend);
    const mine = weighty(spend);
    mine(1 + Math.ceil(text.length / PER_STEP));
    return text.includes(literal) && findLinear(program, multiline, text, mine);
  };
}

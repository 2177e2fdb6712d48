import type { Spend } from './budget.js';
import { findLinear } from './linear-pattern.js';
import { compileLinear } from './linear-program.js';
import { toPattern } from './pattern.js';
import { stepsOn } from './regex-cost.js';

/** JavaScript's own engine is many times faster, and goes back when it fails: it gets what it cannot spend long on. */
const ENGINE = { ways: 8, steps: 4096 } as const;
/** What it does in the time of one step. */
const PER_STEP = 16;

/** Whether a pattern is found in a text. */
type Search = (text: string, spend: Spend) => boolean;

/**
 * A search for a regular expression that means what MongoDB means by it, and never takes longer than its steps say.
 * Patterns that callers cannot send (look-around, back references) are left to JavaScript's engine.
 * @throws TypeError when it is no regular expression
 */
export function boundedPattern(source: string, flags: string): Search {
  const pattern = toPattern(source, flags);
  const kept = [...flags].filter((flag) => 'ims'.includes(flag)).join('');
  const program = compileLinear(source, kept);
  const engine = (text: string, steps: number, spend: Spend): boolean => {
    spend(1 + Math.ceil(steps / PER_STEP));
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
    spend(1 + Math.ceil(text.length / PER_STEP));
    return text.includes(literal) && findLinear(program, multiline, text, spend);
  };
}

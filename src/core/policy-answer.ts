import { own } from './path.js';
import { isPlainObject } from './plain-object.js';
import type { PolicyAnswer, Rule } from './policy.js';
import { show } from './show.js';

const NO_RULES: readonly Rule[] = Object.freeze([]);
const LISTS: ReadonlySet<string> = new Set(['permissive', 'restrictive'] satisfies (keyof PolicyAnswer)[]);

function rules(answer: Record<string, unknown>, key: keyof PolicyAnswer): readonly Rule[] {
  const list = own(answer, key);
  if (list === undefined) return NO_RULES;
  if (!Array.isArray(list)) throw new TypeError(`${key} must be a list of rules, got ${show(list)}`);
  return list as Rule[];
}

/**
 * The two lists of a policy's answer. A promise, a misspelt list or anything else unknown is refused, since a
 * restriction could be lost.
 * @throws TypeError naming the value
 */
export function readAnswer(answer: unknown): Required<PolicyAnswer> {
  if (answer instanceof Promise) {
    // Nobody awaits it, and an unhandled rejection would end the process.
    answer.catch(() => undefined);
    throw new TypeError('A policy must answer synchronously, not with a promise');
  }
  if (!isPlainObject(answer)) throw new TypeError(`A policy must answer with an object, got ${show(answer)}`);
  const unknown = Object.keys(answer).find((key) => !LISTS.has(key));
  if (unknown !== undefined)
    throw new TypeError(`A policy answers with permissive and restrictive, met ${show(unknown)}`);
  return { permissive: rules(answer, 'permissive'), restrictive: rules(answer, 'restrictive') };
}

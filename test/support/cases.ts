/**
 * How much of the slow tables and generated runs is done: 1 by default, so that the suite ends in minutes. CASES=10
 * does all of each table, and ten times as many generated cases.
 */
export const CASES = Number(process.env.CASES ?? 1);
if (!Number.isInteger(CASES) || CASES < 1) throw new Error('CASES is a whole number from 1 on.');

/**
 * A part of a table: one entry of so many, or all of it when CASES is at least as much.
 * @param begin which entry is the first, so that tests beside each other take different ones
 */
export function sample<T>(table: readonly T[], oneOf: number, begin = 0): readonly T[] {
  const step = Math.max(1, Math.ceil(oneOf / CASES));
  return step === 1 ? table : table.filter((_entry, place) => place % step === begin % step);
}

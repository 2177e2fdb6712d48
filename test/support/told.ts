import { refusal } from './guards.js';

/** Each of the calls with what it is refused with, as one object, so that all that differ are told. */
export async function told(
  calls: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) {
    const { code, message: says } = await refusal(call());
    found[name] = `${code}: ${says}`;
  }
  return found;
}
/** Input of a kind that the types do not admit. */
export const any = (value: unknown): never => value as never;

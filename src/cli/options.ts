import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './io.js';

type Config = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Config> = ReturnType<
  typeof parseArgs<{ options: O & typeof COMMON; allowPositionals: true; strict: true }>
>['values'];

/** Options of every command. */
export const COMMON = {
  url: { type: 'string' },
  name: { type: 'string' },
  folder: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Config;

/**
 * Parses the arguments after the command.
 * @param places names of the positional arguments, all required; `…` at the end of the last one: one or more
 * @throws UsageError
 */
export function readArguments<const O extends Config>(
  args: readonly string[],
  places: readonly string[],
  options: O,
): { values: Parsed<O>; given: string[] } {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      options: { ...options, ...COMMON },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { positionals, values } = parsed;
  if (positionals.length > places.length && places.at(-1)?.endsWith('…') !== true)
    throw new UsageError(`Unexpected argument: ${positionals[places.length]}`);
  const missing = places[positionals.length];
  if (missing !== undefined) throw new UsageError(`Missing: <${missing}>`);
  return { values: values as Parsed<O>, given: positionals };
}

import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearest } from '../core/options.js';
import { normaliseName } from '../core/principal.js';
import { UsageError, type Io } from './io.js';

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

/** Names the option that was probably meant; undefined if the error is another one. */
function unknownOption(error: unknown, known: readonly string[]): UsageError | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return undefined;
  const [, option = ''] = /'(-[^'=]*)/.exec(message) ?? [];
  const meant = nearest(option.replace(/^-+/, ''), known);
  const hint = meant === undefined ? '' : ` Did you mean --${meant}?`;
  return new UsageError(`Unknown option '${option}'.${hint}`);
}

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
    throw (
      unknownOption(error, Object.keys({ ...options, ...COMMON })) ?? new UsageError((error as Error).message)
    );
  }
  const { positionals, values } = parsed;
  if (positionals.length > places.length && places.at(-1)?.endsWith('…') !== true)
    throw new UsageError(`Unexpected argument: ${positionals[places.length]}`);
  const missing = places[positionals.length];
  if (missing !== undefined) throw new UsageError(`Missing: <${missing}>`);
  return { values: values as Parsed<O>, given: positionals };
}

/** Tells that names with a comma are one name each, since other programs take them for several. */
export function tellCommas(
  io: Pick<Io, 'err'>,
  given: Readonly<Record<string, readonly string[] | undefined>>,
): void {
  for (const [option, names = []] of Object.entries(given))
    for (const name of names.filter((one) => one.includes(',')))
      io.err(`--${option} "${name}" is one name with a comma in it; for several, repeat --${option}.`);
}

/** The name of a tenant, owner or user in an option, as names are stored. @throws UsageError if it is not a name */
export function nameIn(given: string | undefined, option: string): string | undefined {
  if (given === undefined) return undefined;
  const name = normaliseName(given);
  if (name === undefined) throw new UsageError(`${option} needs a name`);
  return name;
}

import { kindOf, type Kind } from './kind.js';
import type { ValueTest } from './match-path.js';

const NUMBERS: readonly Kind[] = ['int', 'long', 'double', 'decimal'];
const ALIASES: Readonly<Record<string, readonly Kind[]>> = {
  number: NUMBERS,
  ...Object.fromEntries(
    (
      [
        'int',
        'long',
        'double',
        'decimal',
        'string',
        'bool',
        'date',
        'object',
        'objectId',
        'binData',
        'array',
        'null',
        'regex',
        'timestamp',
        'minKey',
        'maxKey',
      ] as const
    ).map((kind) => [kind, [kind]]),
  ),
};

/**
 * Compiles the operand of `$type`: one alias or a list of aliases.
 * @throws TypeError naming an unknown alias
 */
export function typeTest(operand: unknown): ValueTest {
  const names: unknown[] = Array.isArray(operand) ? operand : [operand];
  const kinds = new Set<Kind>(
    names.flatMap((name) => {
      if (typeof name !== 'string' || !Object.hasOwn(ALIASES, name))
        throw new TypeError(`Unknown alias ${String(name)} in $type`);
      return ALIASES[name] as readonly Kind[];
    }),
  );
  return (value) => value !== undefined && kinds.has(kindOf(value));
}

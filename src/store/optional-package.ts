import { BadInput } from '../core/errors.js';

/** A package that only one kind of store needs; other installations can omit it. */
export interface OptionalPackage {
  readonly name: string;
  /** Major version. */
  readonly version: number;
  /** The kind of store, for the error message. */
  readonly neededBy: string;
}

const isMissing = (cause: unknown, name: string): boolean => {
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  return (
    (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') &&
    typeof message === 'string' &&
    message.includes(`'${name}'`)
  );
};

/** Creates the error that names the package and the command that installs it. */
export function notUsable(
  { name, version, neededBy }: OptionalPackage,
  what: string,
  cause?: unknown,
): BadInput {
  return new BadInput(
    'bad-configuration',
    `${neededBy} needs the package ${name} ${version}, which ${what}: npm install ${name}@${version}`,
    cause === undefined ? undefined : { cause },
  );
}

/**
 * Loads an optional package at its first use.
 * @param load imports it
 * @throws BadInput `bad-configuration` when it is not installed, or cannot be loaded on this machine
 */
export async function loadOptional<T>(wanted: OptionalPackage, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const what = isMissing(cause, wanted.name) ? 'is not installed' : 'could not be loaded';
    throw notUsable(wanted, what, cause);
  }
}

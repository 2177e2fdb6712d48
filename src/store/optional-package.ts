import { BadInput } from '../core/errors.js';

/** A package that one kind of store needs, and installations without that store may leave out. */
export interface OptionalPackage {
  readonly name: string;
  /** Major version. */
  readonly version: number;
  /** The kind of store, for the message. */
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

/** The error that names the package and how to get it. */
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
 * Loads an optional package when a store first needs it.
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

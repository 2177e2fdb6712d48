/** Longest texts, in characters: a message may contain all of the data over which it was raised. */
const LONGEST = { message: 5_000, stack: 20_000 } as const;
/** Said of a thrown value that cannot be turned into a text. */
const UNREADABLE = 'a value that cannot be shown';

/** A model may throw anything: getters, Proxies and `toString` may throw themselves. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

const textOf = (value: unknown): string => attempt(() => String(value), UNREADABLE);

/** A property of any thrown value; undefined if it cannot be read. Never throws. */
export const propertyOf = (thrown: unknown, name: PropertyKey): unknown =>
  attempt(() => (thrown as Partial<Record<PropertyKey, unknown>> | null | undefined)?.[name], undefined);

/** Whether a thrown value is an error. Never throws. */
export const isError = (thrown: unknown): thrown is Error => attempt(() => thrown instanceof Error, false);

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** The message of any thrown value, cut to 5,000 characters. Never throws. */
export const messageOf = (thrown: unknown): string =>
  cut(textOf(isError(thrown) ? propertyOf(thrown, 'message') : thrown), LONGEST.message);

/** The stack of any thrown value, cut to 20,000 characters; without one, its message. Never throws. */
export const stackOf = (thrown: unknown): string => {
  const stack = isError(thrown) ? propertyOf(thrown, 'stack') : undefined;
  return typeof stack === 'string' ? cut(stack, LONGEST.stack) : messageOf(thrown);
};

/** The class of any thrown value, or its type if it is not an error. Never throws. */
export const classOf = (thrown: unknown): string => {
  if (!isError(thrown)) return typeof thrown;
  const name = propertyOf(thrown, 'name');
  return typeof name === 'string' ? name : 'Error';
};

/** Any thrown value as an error; one that is an error stays as it is. Never throws. */
export const asError = (thrown: unknown): Error => (isError(thrown) ? thrown : new Error(textOf(thrown)));

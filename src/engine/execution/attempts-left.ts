import type { Attempt, InstanceGuard } from '../../store/port.js';

/** The key of `noWait` work among the attempts of its instance; all other work is keyed by the id of its item. */
export const BACKGROUND = 'background';

/** The attempts without the given keys; undefined if none is left. */
export function withoutAttempts(
  attempts: Readonly<Record<string, Attempt>> | undefined,
  gone: (key: string, attempt: Attempt) => boolean,
): Record<string, Attempt> | undefined {
  const remaining = Object.entries(attempts ?? {}).filter(([key, attempt]) => !gone(key, attempt));
  return remaining.length === 0 ? undefined : Object.fromEntries(remaining);
}

/** A change of the guard's fields of an instance that removes the attempts with the given keys. */
export const removingAttempts =
  (gone: (key: string, attempt: Attempt) => boolean) =>
  ({ attempts, ...guard }: InstanceGuard): InstanceGuard => ({
    ...guard,
    attempts: withoutAttempts(attempts, gone),
  });

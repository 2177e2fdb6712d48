import { AccessDenied } from '../../core/errors.js';
import type { Calls } from './calls.js';
import { MANIFEST } from './manifest.js';

export type Members = Record<string, unknown>;

export const NOTHING = Object.freeze({});

/** A member that nobody may reach from outside: a method that refuses, so that a caller gets a coded error. */
function refuse(calls: Calls, place: string, why: string) {
  return (): Promise<never> =>
    calls.run(undefined, 'system:policy', { kind: 'system', name: place }, () =>
      Promise.reject(new AccessDenied('forbidden', `${place} is not available to callers: ${why}.`)),
    );
}

/** Adds what the manifest refuses; every other entry must have been given. */
export function complete(calls: Calls, host: string, members: Members): Readonly<Members> {
  for (const [name, coverage] of Object.entries(MANIFEST[host] ?? {})) {
    if ('refused' in coverage) members[name] ??= refuse(calls, `${host}.${name}`, coverage.refused);
  }
  return Object.freeze(members);
}

/** Makes the indexes of the store, for administrators. */
export const install = (calls: Calls): Promise<void> =>
  calls.run(undefined, 'system:policy', { kind: 'system' }, async (call) => {
    call.assert('system:policy', {}, true);
    await calls.store.install();
  });

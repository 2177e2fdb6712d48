import { BadInput } from '../../core/errors.js';
import { isPlainObject } from '../../core/value.js';
import type { GuardApi } from '../contract/types.js';
import { mapApi, WITH_OPTIONS } from './api-members.js';

type Member<A extends unknown[], R> = (...args: A) => Promise<R>;

/** Refuses arguments beyond the last one that a member takes, so that no input is ignored. */
export function takesAtMost<A extends unknown[], R>(
  most: number,
  name: string,
  member: Member<A, R>,
): Member<A, R> {
  // Upstream has some that it does nothing with, and gives them no value, or an empty one.
  const isNothing = (value: unknown): boolean =>
    value === undefined || value === null || (isPlainObject(value) && Object.keys(value).length === 0);
  return (...args) =>
    args.slice(most).every(isNothing)
      ? member(...args)
      : Promise.reject(
          new BadInput('bad-request', `${name} takes at most ${most} argument${most === 1 ? '' : 's'}.`),
        );
}

/** The members of an object, each with as many arguments as it declares. */
export const strictly = <M extends Record<string, Member<never, unknown>>>(host: string, members: M): M =>
  Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      takesAtMost(member.length, `${host}.${name}`, member),
    ]),
  ) as M;

/** The API, each member with as many arguments as it takes. */
export function strictApi(api: GuardApi): GuardApi {
  return mapApi(api, (member, name, group, at) => {
    // Before the user of `start` may stand what upstream's documents put there.
    const behind = (WITH_OPTIONS[group]?.includes(name) === true ? 1 : 0) + (name === 'start' ? 1 : 0);
    return takesAtMost(at + 1 + behind, `${group}.${name}`, member);
  });
}

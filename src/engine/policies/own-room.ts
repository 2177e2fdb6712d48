import { BadInput } from '../../core/errors.js';
import { authorOf, SECTION, SECTION_MODEL } from '../../core/policies/sections/section-entries.js';
import { assertRoomForOthers } from '../../core/policy-set/kinds.js';
import type { PolicySet } from '../../core/policy-set/policy-set.js';

/** What one user has made in the tree of sections, deleted models included, whose permissions go on to apply. */
const madeIn = (set: PolicySet, author: string): number =>
  [SECTION, SECTION_MODEL].reduce((sum, kind) => sum + set.of(kind).where(authorOf, author).length, 0);

/**
 * Keeps a user from using up the entries of a set, so that administrators and others can go on.
 * @param author undefined: an administrator, who may
 * @param most how much one user may make in the tree of sections
 * @throws BadInput `too-large` if a change adds to more than that
 */
export function assertRoom(
  before: PolicySet,
  after: PolicySet,
  author: string | undefined,
  most: number,
): void {
  if (author === undefined) return;
  assertRoomForOthers(before, after);
  const made = madeIn(after, author);
  if (made > most && made > madeIn(before, author))
    throw new BadInput(
      'too-large',
      `You have made ${most} sections and models in sections; only an administrator can make more.`,
    );
}

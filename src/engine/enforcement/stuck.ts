import type { ItemGuard } from '../../store/port.js';
import { namesIn } from '../model/derive.js';
import type { Principals } from './principals.js';

type Members = Pick<Principals, 'members'>;

/** The people of a task, live or stored. */
interface Candidates {
  readonly assignee?: unknown;
  readonly candidateUsers?: unknown;
  readonly candidateGroups?: unknown;
  readonly [field: string]: unknown;
}

/** The names of those who have rejected a task. */
export const rejectersOf = ({ rejectedBy }: Pick<ItemGuard, 'rejectedBy'>): string[] => namesIn(rejectedBy);

/**
 * Whether everybody who could take the task has rejected it: all its candidate users, and all members of its candidate
 * groups. A group whose members the directory does not list counts as having members left.
 * @throws CouldNotTell if the directory does not answer
 */
async function isRejectedByAll(
  principals: Members,
  item: Candidates,
  kept: ItemGuard,
  tenantId: string | null,
): Promise<boolean> {
  const rejected = new Set(rejectersOf(kept));
  const [users, groups] = [namesIn(item.candidateUsers), namesIn(item.candidateGroups)];
  if (rejected.size === 0 || kept.open === true || users.length + groups.length === 0) return false;
  if (users.some((name) => !rejected.has(name))) return false;
  for (const group of groups) {
    const members = await principals.members(group, tenantId);
    if (members === undefined || members.some((name) => !rejected.has(name))) return false;
  }
  return true;
}

/**
 * Brings what is kept about rejections up to date, after a change to the task or to who has rejected it. Who is given
 * the task no longer counts as having rejected it.
 * @throws CouldNotTell if the directory does not answer
 */
export async function updateRejections(
  principals: Members,
  item: Candidates | undefined,
  kept: ItemGuard,
  tenantId: string | null,
): Promise<void> {
  if (item === undefined || kept.rejectedBy === undefined) return;
  const [assignee] = namesIn(item.assignee);
  const others = rejectersOf(kept).filter((name) => name !== assignee);
  if (others.length > 0) kept.rejectedBy = others;
  else delete kept.rejectedBy;
  if (await isRejectedByAll(principals, item, kept, tenantId)) kept.stuck = true;
  else delete kept.stuck;
}

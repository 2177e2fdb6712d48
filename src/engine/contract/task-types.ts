import type { UserInfo } from '../../core/principal.js';
import type { Data, ExecutionView, ItemView, Query, TaskCommand } from './view-types.js';

/** The life cycle of one user task, by its id. */
export interface TasksApi {
  /** As all commands here, resolves to undefined if the user may no longer read the task. */
  take(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  /** Resolves to undefined if the releasing user may no longer read the task. */
  release(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  assign(itemId: string, assignee: string, user?: UserInfo): Promise<ItemView | undefined>;
  delegate(itemId: string, to: string, user?: UserInfo): Promise<ItemView | undefined>;
  /** Called by the delegate: returns the task. Called by the owner: recalls it. */
  resolve(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  complete(itemId: string, data?: Data, user?: UserInfo): Promise<ExecutionView>;
  /**
   * For candidates: the task leaves the user's own lists and stays for the others. Once all have rejected it, its
   * starter and administrators see that it is stuck. Resolves to the task if the user may still read it.
   */
  reject(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  /** Takes the user's own refusal back. */
  undoReject(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  /**
   * For the assignee and the starter of the instance: hands the task to a user or a group; without one, to whom the
   * model names. An escalation event that waits for it is triggered. It cannot be recalled.
   * @throws BadInput `bad-assignment` if nobody is named, or the user or group is not known
   */
  escalate(
    itemId: string,
    to?: string | { readonly user: string } | { readonly group: string } | null,
    user?: UserInfo,
  ): Promise<ItemView | undefined>;
  /** Nothing can be done with the task, and the events on its boundary wait, until it is resumed. */
  suspend(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  /** Resumes the task. Timers that have become due in the meantime fire. */
  resume(itemId: string, user?: UserInfo): Promise<ItemView | undefined>;
  /**
   * The commands that the user may give on each of these tasks, at most 1000, by id: a page of tasks in one go. What a
   * command is given with, such as whom to delegate to, is checked when it is given.
   */
  allowed(itemIds: readonly string[], user?: UserInfo): Promise<Record<string, TaskCommand[]>>;
  /**
   * The number of items that `findItems` would return; without a query, of waiting user tasks. Counting stops at
   * 10,001, which stands for more than 10,000, unless the option `exact` asks for all.
   * @throws BadInput `too-expensive` if all are too many to be counted
   */
  count(query?: Query, user?: UserInfo, options?: { readonly exact?: boolean }): Promise<number>;
  /**
   * The other people who may do the task, for people pickers: its candidates, without users whom a duty forbids it.
   * Groups are named as they are.
   */
  candidates(itemId: string, user?: UserInfo): Promise<{ users: string[]; groups: string[] }>;
}

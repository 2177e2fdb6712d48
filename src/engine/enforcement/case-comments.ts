import { randomUUID } from 'node:crypto';
import { today } from '../../core/clock.js';
import { BadInput, notFound } from '../../core/errors.js';
import { declaredRole } from '../../core/policies/case-roles/holders.js';
import type { SecureUser } from '../../core/principal.js';
import type { StoredComment, StoredInstance } from '../../store/port.js';
import type { CaseComment } from '../contract/case-types.js';
import type { Call } from './call.js';
import { checkId } from './caller-input.js';
import { rolesOfInstance } from './case-facts.js';
import { asked, assertCase, type Asked, type CaseCommands } from './case-commands.js';

/** Characters of one comment. */
const LONGEST = 4_000;
/** A number of comments, and their characters. */
interface Size {
  readonly comments: number;
  readonly characters: number;
}
/** Of one case, for those who have written many of them. */
const LIMIT: Size = { comments: 200, characters: 250_000 };
/** Authors who have written no more than this may continue beyond the limit, so that nobody can silence the others. */
const FEW: Size = { comments: 20, characters: 20_000 };
/** Of one case, whoever writes. */
const MOST: Size = { comments: 1_000, characters: 1_000_000 };
const COMMENT: Asked = Object.freeze({ operation: 'instance:comment' });
const OTHERS_COMMENT = asked('instance:comment', 'MODIFY_COMMENT');

function checkText(text: unknown): string {
  if (typeof text !== 'string' || text.trim() === '' || !text.isWellFormed())
    throw new BadInput('bad-request', 'A comment must be a non-empty text.');
  if (text.length > LONGEST)
    throw new BadInput('too-large', `A comment may have at most ${LONGEST} characters.`);
  return text;
}

const sizeOf = (comments: readonly StoredComment[]): Size => ({
  comments: comments.length,
  characters: comments.reduce((sum, { text }) => sum + text.length, 0),
});
const fits = (size: Size, limit: Size): boolean =>
  size.comments <= limit.comments && size.characters <= limit.characters;

/**
 * Beyond the limit, only administrators and authors who have written little may continue.
 * @throws BadInput `too-large`
 */
function assertRoom(
  { principal }: Call,
  before: readonly StoredComment[],
  after: readonly StoredComment[],
): void {
  const size = sizeOf(after);
  if (fits(size, LIMIT) || fits(size, sizeOf(before))) return;
  const own = after.filter(({ author }) => author === principal.userName);
  const goesOn = principal.isAdmin() || fits(sizeOf(own), FEW);
  const { comments, characters } = goesOn ? MOST : LIMIT;
  if (!goesOn || !fits(size, MOST))
    throw new BadInput(
      'too-large',
      `A case may have at most ${comments} comments, of ${characters} characters in all.`,
    );
}

const holdsOne = (
  { userName, userGroups }: SecureUser,
  { guard }: StoredInstance,
  roles: readonly string[],
): boolean =>
  roles.some((role) => {
    const { users = [], groups = [] } = guard?.caseRoles?.[role] ?? {};
    return users.includes(userName) || groups.some((group) => userGroups.includes(group));
  });

const isShown = ({ principal }: Call, instance: StoredInstance, { roles, author }: StoredComment): boolean =>
  roles === undefined ||
  author === principal.userName ||
  principal.isAdmin() ||
  holdsOne(principal, instance, roles);

const commentsOf = ({ guard }: StoredInstance): readonly StoredComment[] => guard?.comments ?? [];

const view = ({ roles, ...comment }: StoredComment): CaseComment => ({
  ...comment,
  ...(roles !== undefined && { roles: [...roles] }),
});

/** The comments on cases. A comment for some roles only does not exist for others. */
export class CaseComments {
  constructor(private readonly commands: CaseCommands) {}

  async list(call: Call, instanceId: unknown): Promise<CaseComment[]> {
    const instance = await this.commands.readable(call, instanceId);
    return commentsOf(instance)
      .filter((comment) => isShown(call, instance, comment))
      .map(view);
  }

  add(
    call: Call,
    instanceId: unknown,
    given: unknown,
    roles: readonly string[] | undefined,
  ): Promise<CaseComment> {
    const text = checkText(given);
    return this.commands.change(
      call,
      instanceId,
      () => COMMENT,
      async ({ call: now, instance }) => {
        const declared = await rolesOfInstance(this.commands.parts, instance);
        assertCase(instance, declared);
        const only = roles?.map((role) => declaredRole(declared, role).name);
        const author = now.principal.userName;
        const comment: StoredComment = {
          id: randomUUID(),
          author,
          at: today(),
          text,
          ...(only !== undefined && { roles: [...new Set(only)] }),
        };
        const comments = [...commentsOf(instance), comment];
        assertRoom(now, commentsOf(instance), comments);
        return { guard: { comments }, result: view(comment) };
      },
    );
  }

  /** @throws AccessDenied `not-found` also for a comment that the caller does not see */
  private one(call: Call, instance: StoredInstance, id: string): StoredComment {
    const found = commentsOf(instance).find((comment) => comment.id === id);
    if (found === undefined || !isShown(call, instance, found)) throw notFound('comment');
    return found;
  }

  private with<T>(
    call: Call,
    instanceId: unknown,
    commentId: unknown,
    change: (comment: StoredComment, call: Call) => { comment?: StoredComment; result: T },
  ): Promise<T> {
    const id = checkId(commentId, 'The id of the comment');
    const wish = (instance: StoredInstance, asker: Call): Asked =>
      this.one(asker, instance, id).author === asker.principal.userName ? COMMENT : OTHERS_COMMENT;
    return this.commands.change(call, instanceId, wish, async ({ call: now, instance }) => {
      const { comment, result } = change(this.one(now, instance, id), now);
      const comments = commentsOf(instance).flatMap((one) => (one.id === id ? (comment ?? []) : [one]));
      assertRoom(now, commentsOf(instance), comments);
      return { guard: { comments }, result };
    });
  }

  change(call: Call, instanceId: unknown, commentId: unknown, given: unknown): Promise<CaseComment> {
    const text = checkText(given);
    return this.with(call, instanceId, commentId, (before, { principal }) => {
      const comment = { ...before, text, changedAt: today(), changedBy: principal.userName };
      return { comment, result: view(comment) };
    });
  }

  remove(call: Call, instanceId: unknown, commentId: unknown): Promise<void> {
    return this.with(call, instanceId, commentId, () => ({ result: undefined }));
  }
}

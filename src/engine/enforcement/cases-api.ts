import { BadInput } from '../../core/errors.js';
import type { Operation } from '../../core/operation.js';
import { assertOptions, listOf, TEXT } from '../../core/options.js';
import type { CasesApi } from '../contract/case-types.js';
import type { Call } from './call.js';
import { CaseCommands } from './case-commands.js';
import { CaseComments } from './case-comments.js';
import { CaseData } from './case-data.js';
import { CaseHolders } from './case-holders.js';
import type { CommandParts } from './command-parts.js';

const COMMENT_OPTIONS = { roles: listOf('roles', TEXT) };
const refuse = (message: string): BadInput => new BadInput('bad-request', message);

/** Cases: their roles, comments and data. */
export function casesApi(parts: CommandParts): CasesApi {
  const { calls } = parts;
  const commands = new CaseCommands(parts);
  const comments = new CaseComments(commands);
  const holders = new CaseHolders(commands);
  const data = new CaseData(commands);
  const target = (id: unknown): { kind: string; id?: string } => ({
    kind: 'instance',
    ...(typeof id === 'string' ? { id: id.slice(0, 100) } : {}),
  });
  const run = <T>(
    user: unknown,
    operation: Operation,
    id: unknown,
    work: (call: Call) => Promise<T>,
  ): Promise<T> => calls.run(user, operation, target(id), work);
  return Object.freeze({
    roles: (id, user) => calls.read(user, 'instance:read', target(id), (call) => holders.list(call, id)),
    setRole: (id, role, given, user) =>
      run(user, 'instance:roles', id, (call) => holders.setRole(call, id, role, given)),
    addToRole: (id, role, given, user) =>
      run(user, 'instance:roles', id, (call) => holders.addToRole(call, id, role, given)),
    comment: (id, text, options, user) =>
      run(user, 'instance:comment', id, async (call) => {
        const given = options ?? {};
        assertOptions('cases.comment', given, COMMENT_OPTIONS, refuse);
        return comments.add(call, id, text, given.roles);
      }),
    changeComment: (id, commentId, text, user) =>
      run(user, 'instance:comment', id, (call) => comments.change(call, id, commentId, text)),
    removeComment: (id, commentId, user) =>
      run(user, 'instance:comment', id, (call) => comments.remove(call, id, commentId)),
    listComments: (id, user) =>
      calls.read(user, 'instance:read', target(id), (call) => comments.list(call, id)),
    setData: (id, given, user) => run(user, 'instance:data', id, (call) => data.set(call, id, given)),
    removeData: (id, names, user) => run(user, 'instance:data', id, (call) => data.remove(call, id, names)),
  } satisfies CasesApi);
}

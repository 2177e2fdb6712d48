import type { SecureUser } from './principal.js';

/** The field of an instance that holds the tokens of all who may find it. */
export const READ_TOKENS = 'instance.guard.read';
/** The field of an instance that holds the tokens of all who may find one of its waiting tasks. */
export const OPEN_TOKENS = 'instance.guard.open';

/** What a token stands for: a user, a group, everybody of the tenant, or "a task waits here". */
export type TokenKind = 'u' | 'g' | 'o' | 'w';

/** `|` and `\` inside a tenant's name would end it early. */
const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|');

/**
 * A token names who may find a row: `acme|u:alice`, `|g:hr`. It carries tenant and kind, so that a user and a group
 * of one name, or two tenants' users, never collide (spec 06, T13; 08, 13).
 */
export function token(tenantId: string | undefined, kind: TokenKind, name = ''): string {
  return `${escape(tenantId ?? '')}|${kind}:${name}`;
}

/** The tokens under which a principal finds rows. */
export function readerTokens(principal: SecureUser): readonly string[] {
  const { tenantId, userName, userGroups } = principal;
  return [
    token(tenantId, 'o'),
    token(tenantId, 'u', userName),
    ...userGroups.map((group) => token(tenantId, 'g', group)),
  ];
}

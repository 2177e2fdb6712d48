import { normaliseName } from '../../core/principal.js';
import type { Handed } from '../../store/port.js';
import { evaluateText, type Scripts } from './assignment.js';
import { propertiesOf } from './dialects/properties.js';
import type { HostItem, HostNode } from './host.js';

/** What a model says about the life of a task, and what of it could not be used. */
export interface LifeFacts {
  readonly suspendable?: true;
  readonly escalateTo?: Handed;
  readonly problems: readonly string[];
}

/** `user:kim`, `group:managers`, or the name of a user. */
function handedTo(value: unknown): Handed | undefined {
  const [, kind, named] = typeof value === 'string' ? (/^(user|group):(.*)$/s.exec(value.trim()) ?? []) : [];
  const name = normaliseName(named ?? value);
  if (name === undefined) return undefined;
  return kind === 'group' ? { group: name } : { user: name };
}

/**
 * What the model says about the life of a task that starts. As with an assignment, values are evaluated once, when the
 * task starts, and an empty result opens nothing.
 */
export async function lifeOf(node: HostNode, item: HostItem, scripts: Scripts): Promise<LifeFacts> {
  const properties = propertiesOf(node.def);
  const problems: string[] = [];
  const allowed = properties.get('suspendable');
  if (allowed !== undefined && allowed !== 'true' && allowed !== 'false')
    problems.push('suspendable is neither true nor false');
  const superior = properties.get('escalateTo');
  let escalateTo: Handed | undefined;
  if (superior !== undefined) {
    const value = await evaluateText(scripts, item, superior).catch(() => undefined);
    escalateTo = handedTo(value);
    if (escalateTo === undefined) problems.push('escalateTo evaluated to nothing');
  }
  return {
    ...(allowed === 'true' ? { suspendable: true } : {}),
    ...(escalateTo === undefined ? {} : { escalateTo }),
    problems,
  };
}

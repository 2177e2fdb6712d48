import { BadEntry } from '../../../core/policies/entries.js';
import { GRID_RULE, type GridRule } from '../../../core/policies/grid/grid.js';
import { canStart } from '../../../core/policies/grid/rule-conditions.js';
import type { PolicyChange } from '../../../core/policy-set/policy-set.js';
import { show } from '../../../core/value.js';
import type { Turns } from '../../../store/turns.js';

const START_EVENT = 'bpmn:StartEvent';

/**
 * Refuses rules about start events that refer to labels or to anything else of a case but its data, since there is no
 * case yet.
 * @throws BadInput `bad-policy`, naming the rule
 */
export async function assertCanStart(
  names: { elements(model: string): Promise<ReadonlyMap<string, string> | undefined> },
  changes: readonly PolicyChange[],
  turns: Turns,
): Promise<void> {
  for (const { kind, id, value } of changes) {
    if (turns.isOver()) await turns.next();
    if (kind !== GRID_RULE || value === null) continue;
    const rule = value as GridRule;
    if (rule.privilege !== 'Perform' || rule.on === 'system' || !('event' in rule.on) || canStart(rule))
      continue;
    const elements = await names.elements(rule.on.process);
    if (elements?.get(rule.on.event) === START_EVENT)
      throw new BadEntry(
        kind,
        id,
        `The rule ${show(id)} is about a start event. Before a case exists nobody has a role in it, and a condition ` +
          'can only be about user. and data. fields, those of the data that the case would start with.',
      );
  }
}

import { isGuardError } from '../../core/errors.js';
import { propertyOf } from '../../core/thrown.js';
import { show } from '../../core/value.js';
import { failure } from './faults.js';
import type { HostNode, ModdleElement } from './host.js';

export const BUSINESS_RULE_TASK = 'bpmn:BusinessRuleTask';

/** The file of rules that bpmn-server evaluates at an element; undefined if it evaluates none. */
export function rulesOf({ $attrs = {} }: ModdleElement): string | undefined {
  const name: unknown = $attrs['camunda:decisionRef'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function causeOf(rules: string, folder: unknown, error: unknown): string {
  const file = `the file ${show(`${rules}.dmn.xml`)}`;
  if (typeof folder !== 'string' || folder === '')
    return `its rules are in ${file} of \`definitionsPath\`, which the configuration does not set`;
  const code = propertyOf(error, 'code');
  return typeof code === 'string'
    ? `its rules cannot be read: ${file} of \`definitionsPath\` gives ${code}`
    : `its rules in ${file} cannot be evaluated`;
}

/** Upstream fails at rules that it cannot read with an error of the file system, which does not name the element. */
export function nameRules(node: HostNode, configuration: unknown): void {
  const rules = rulesOf(node.def);
  if (rules === undefined) return;
  const run = node.run.bind(node);
  node.run = async (item) => {
    try {
      return await run(item);
    } catch (error) {
      if (isGuardError(error)) throw error;
      const { definitionsPath } = (configuration ?? {}) as { definitionsPath?: unknown };
      throw failure(node.id, causeOf(rules, definitionsPath, error), error);
    }
  };
}

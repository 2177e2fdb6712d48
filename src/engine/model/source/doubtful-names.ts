import { show } from '../../../core/value.js';
import type { ModelWarning } from '../../contract/model-warning.js';
import { ALL_FORMS, looksLikeCode, readExpression } from '../dialects/expression.js';
import type { Statements } from '../dialects/statements.js';
import { warning } from '../dialects/warning.js';
import type { ModdleElement } from '../host.js';
import { roleOf } from '../lanes.js';

const TAKEN_AS_NAME = 'It is taken as a name and never evaluated.';

/** The names of an element's lane or pool and of the resources it refers to are never evaluated. */
const looksLikeExpression = (name: string): boolean =>
  looksLikeCode(name) || readExpression(name, ALL_FORMS)?.kind !== 'names';

/** Names that may be meant as expressions. */
export function doubtfulNames(
  element: ModdleElement,
  { people }: Pick<Statements, 'people'>,
): ModelWarning[] {
  const role = roleOf({ def: element });
  const names = people.flatMap(({ expression }) => (expression.kind === 'name' ? [expression.name] : []));
  if (role.kind === 'named') names.push(role.name);
  const lists = people.flatMap(({ expression }) =>
    expression.kind === 'names' ? expression.text.split(',').map((name) => name.trim()) : [],
  );
  return [...names.filter(looksLikeExpression), ...lists.filter(looksLikeCode)].map((name) =>
    warning(element, show(name), TAKEN_AS_NAME),
  );
}

import { normaliseName } from '../../../core/principal.js';
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

const NAMES_ONE =
  'It is one name, since only a comma separates names. Unless a user or group is called exactly so, it names nobody.';

/** A separator of lists in other systems, or a mark before or behind a name. */
const MARKED = /[;|]|^(?![_"'([{<])[\p{P}\p{Sm}]|[:;,/\\&]$/u;
/** Characters that nobody sees, beside others: what looks like the name is another one. */
const HIDDEN = /\p{Cc}|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/u;
const EACH_HIDDEN = new RegExp(HIDDEN, 'gu');

/** A name as shown to the author, with characters that nobody sees as their numbers. */
const shownName = (name: string): string =>
  show(name).replace(
    EACH_HIDDEN,
    (char) => `\\u${(char.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  );

/** Whether a name is hardly that of anybody: a list in another form, or with characters that nobody sees. */
const isUnlikely = (name: string): boolean => MARKED.test(name) || HIDDEN.test(name);

/** Groups may have blanks in their names, users hardly have. */
const isUnlikelyUser = (name: string): boolean => isUnlikely(name) || /\s/.test(name);

/** Names that may be meant as expressions, or as lists. */
export function doubtfulNames(
  element: ModdleElement,
  { people }: Pick<Statements, 'people'>,
): ModelWarning[] {
  const role = roleOf({ def: element });
  const names = people.flatMap(({ expression }) => (expression.kind === 'name' ? [expression.name] : []));
  if (role.kind === 'named') names.push(role.name);
  const lists = people.flatMap(({ property, expression }) =>
    expression.kind === 'names'
      ? expression.text.split(',').map((entry) => ({ property, name: entry.trim() }))
      : [],
  );
  const code = [
    ...names.filter(looksLikeExpression),
    ...lists.flatMap(({ name }) => (looksLikeCode(name) ? [name] : [])),
  ];
  const unlikely = [
    ...names.filter((name) => HIDDEN.test(name)),
    ...lists.flatMap(({ property, name }) =>
      (property === 'candidateGroups' ? isUnlikely : isUnlikelyUser)(name) ? [name] : [],
    ),
  ].filter((name) => !code.includes(name) && normaliseName(name) !== undefined);
  return [
    ...code.map((name) => warning(element, show(name), TAKEN_AS_NAME)),
    ...unlikely.map((name) => warning(element, shownName(name), NAMES_ONE)),
  ];
}

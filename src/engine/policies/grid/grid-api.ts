import { FLAG } from '../../../core/options.js';
import { policyName } from '../../../core/policies/entries.js';
import { GRID_LABEL, GRID_RULE } from '../../../core/policies/grid/grid.js';
import { printSentence } from '../../../core/policies/grid/sentences.js';
import { readChanges } from '../../../core/policy-set/kinds.js';
import type { PolicyChange } from '../../../core/policy-set/policy-set.js';
import { compareText } from '../../../core/value.js';
import type { GridApi, GridImported, GridImportOptions } from '../../contract/grid-types.js';
import type { PolicyChangeOptions } from '../../contract/policy-types.js';
import type { Call } from '../../enforcement/call.js';
import { atOnce, copyOf, checked } from '../../contract/arguments.js';
import { CHANGE_OPTIONS, removal, type PolicyCommands } from '../policy-commands.js';
import type { InForce } from '../../policy-book/policy-book.js';
import { statedChanges } from '../stated-changes.js';
import { printGrid, readGrid } from './forms.js';

const IMPORT_OPTIONS = { ...CHANGE_OPTIONS, replace: FLAG };
const KINDS: readonly string[] = [GRID_RULE, GRID_LABEL];

/** Reads and changes the access rules grid of the caller's tenant. */
export function gridApi(commands: PolicyCommands): GridApi {
  const run = <T>(user: unknown, work: (call: Call, now: InForce) => Promise<T>): Promise<T> =>
    commands.run(user, async (call, now) => {
      commands.assertPolicy(call);
      return work(call, now);
    });
  const save = (
    kind: string,
    id: string,
    value: unknown,
    options: PolicyChangeOptions | undefined,
    user: unknown,
  ): Promise<{ version: number }> => {
    // A text is read once it is known that its sender may change the grid: reading takes time.
    const read = (): PolicyChange[] => readChanges([{ kind, id, value }]);
    const given = typeof value === 'string' ? read : atOnce(read);
    return commands.changing(user, options, given);
  };
  const remove = (
    kind: string,
    name: string,
    options: PolicyChangeOptions | undefined,
    user: unknown,
    what: string,
  ): Promise<{ version: number }> => {
    const given = atOnce(() => policyName(name, `A ${what}`));
    const make = (now: InForce): PolicyChange[] => removal(now, kind, given(), what);
    return commands.changing(user, options, make);
  };
  return Object.freeze({
    list: (user) =>
      run(user, async (_call, { grid }) =>
        [...grid.contents.rules]
          .map(([id, rule]) => ({ id, ...rule, sentence: printSentence(rule) }))
          .sort((a, b) => compareText(a.id, b.id)),
      ),
    labels: (user) =>
      run(user, async (_call, { grid }) =>
        [...grid.contents.labels]
          .map(([name, label]) => ({ name, ...label }))
          .sort((a, b) => compareText(a.name, b.name)),
      ),
    save: (id, rule, options, user) => save(GRID_RULE, id, rule, options, user),
    saveLabel: (name, label, options, user) => save(GRID_LABEL, name, label, options, user),
    remove: (id, options, user) => remove(GRID_RULE, id, options, user, 'rule of the grid'),
    removeLabel: (name, options, user) => remove(GRID_LABEL, name, options, user, 'label of the grid'),
    export: (form, user) => run(user, async (_call, { grid }) => printGrid(form, grid.contents)),
    import: (form, text, options, user) => {
      const how = copyOf(options);
      const may = (asker: Call): void => commands.assertChanger(asker);
      return commands.inTurn(user, may, async (call, now): Promise<GridImported> => {
        // Not before it is known that its sender may change the grid: reading takes time.
        const { turns } = commands.calls.book;
        const entries = await readGrid(form, text, turns);
        const { replace = false, ...rest } = checked<GridImportOptions>(
          'an import of the grid',
          how,
          IMPORT_OPTIONS,
        );
        const drops = ({ kind }: PolicyChange): boolean => replace && KINDS.includes(kind);
        const changes = await turns.finish(statedChanges(now.set, entries, drops));
        const removed = changes.filter(({ value }) => value === null).length;
        const { version } =
          changes.length === 0 ? now.set : await commands.change(call, now, changes, rest, may);
        return { version, saved: changes.length - removed, removed };
      });
    },
  } satisfies GridApi);
}

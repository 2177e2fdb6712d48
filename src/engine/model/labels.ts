import type { InstanceGuard, ItemGuard, StoredInstance, StoredItem } from '../../store/port.js';
import { itemsOf } from '../../store/query/stored.js';

/** The holders of labels, by label. */
export type Holders = Readonly<Record<string, readonly string[]>>;

const namesIn = (value: unknown): string[] =>
  [value].flat().filter((name): name is string => typeof name === 'string' && name !== '');

function add(holders: Map<string, Set<string>>, label: string, names: readonly string[]): void {
  const known = holders.get(label) ?? new Set();
  for (const name of names) known.add(name);
  holders.set(label, known);
}

/** The labels that a waiting item reserves: for its assignee, and for who lends it. */
function reservedBy(item: StoredItem, kept: ItemGuard): [label: string, names: string[]][] {
  if (item.status !== 'wait') return [];
  const people = [...namesIn(item.assignee), ...namesIn(kept.owner)];
  return Object.entries(kept.labels ?? {}).map(([label, names]) => [
    label,
    namesIn(names).filter((name) => people.includes(name)),
  ]);
}

/**
 * The facts about labels that conditions compare: who has won one or has it reserved, and how many there are of each.
 * Undefined if nobody ever won one.
 */
export function labelFacts(
  instance: StoredInstance,
  { won, items = {} }: InstanceGuard,
): Pick<InstanceGuard, 'roles' | 'roleCounts'> | undefined {
  if (won === undefined) return undefined;
  const holders = new Map<string, Set<string>>();
  for (const [label, names] of Object.entries(won)) add(holders, label, namesIn(names));
  for (const item of itemsOf(instance))
    for (const [label, names] of reservedBy(item, items[item.id] ?? {})) add(holders, label, names);
  const held = [...holders].filter(([, names]) => names.size > 0);
  return {
    roles: Object.fromEntries(held.map(([label, names]) => [label, [...names]])),
    roleCounts: Object.fromEntries(held.map(([label, names]) => [label, names.size])),
  };
}

function guardWith(known: ItemGuard | undefined, owner: string | undefined, labels: Holders = {}): ItemGuard {
  const { owner: _before, ...rest } = known ?? {};
  return { ...rest, labels, ...(owner !== undefined && { owner }) };
}

/** The instance as it would be if an item had another assignee and lender, and reserved these labels. */
export function withAssignee(
  instance: StoredInstance,
  itemId: string,
  assignee: string,
  { owner, labels }: { readonly owner?: string; readonly labels: Holders },
): StoredInstance {
  const change = (item: StoredItem): StoredItem =>
    item.id === itemId ? { ...item, assignee, guard: guardWith(item.guard, owner, labels) } : item;
  const items = itemsOf(instance).map(change);
  const known = instance.guard ?? { rev: 0 };
  const kept = guardWith(known.items?.[itemId], owner, labels);
  const guard: InstanceGuard = { ...known, items: { ...known.items, [itemId]: kept } };
  const changed = { ...instance, items };
  return { ...changed, guard: { ...guard, ...labelFacts(changed, guard) } };
}

/** The holders, with the name among those of each label of the list. */
export function withHolder(
  won: Holders | undefined,
  labels: readonly string[],
  name: string,
): Record<string, string[]> {
  const next = new Map(Object.entries(won ?? {}).map(([label, names]) => [label, [...names]]));
  for (const label of labels) next.set(label, [...new Set([...(next.get(label) ?? []), name])]);
  return Object.fromEntries(next);
}

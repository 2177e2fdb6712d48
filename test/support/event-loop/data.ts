import type { Store } from '../../../src/store/port.js';
const item = (n: number): Record<string, unknown> => ({
  id: `item${n}`,
  seq: n,
  elementId: `e${n % 7}`,
  name: `name ${n % 11}`,
  type: 'bpmn:UserTask',
  status: n % 3 === 0 ? 'wait' : 'end',
  assignee: n % 2 === 0 ? 'alice' : 'bob',
  candidateUsers: Array.from({ length: n % 5 }, (_, i) => `user${i}`),
  dueDate: new Date(n),
});

/** Instances that are large in one way each. */
const LARGE: readonly Record<string, unknown>[] = [
  { s: 'a'.repeat(80_000) },
  { s: 'ab '.repeat(27_000) },
  { s: `${'a@'.repeat(40_000)}\n` },
  { s: Array.from({ length: 40 }, (_, i) => 'a'.repeat(2000 * (i % 2))) },
  { l: Array.from({ length: 90_000 }, (_, i) => i) },
  { l: Array.from({ length: 90_000 }, (_, i) => [i + 0.5, new Date(i), `t${i}`][i % 3]) },
  { l: Array.from({ length: 45_000 }, (_, i) => ({ s: `v${i}` })) },
  { l: Array.from({ length: 300 }, () => Array.from({ length: 300 }, (_, i) => i)) },
  { l: Array.from({ length: 300 }, () => ({ l: Array.from({ length: 250 }, (_, i) => ({ s: i })) })) },
  { o: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`f${i}`, i])) },
];

/** @param small how many small instances beside the large ones */
export async function fill(store: Store, small: number): Promise<void> {
  let n = 0;
  const insert = (id: string, data: unknown, items: number): Promise<void> =>
    store.instances.insert({
      id,
      name: `model${n % 5}`,
      status: 'running',
      startedAt: new Date(n),
      data,
      items: Array.from({ length: items }, () => item(n++)),
      guard: { rev: 1, startedBy: n % 2 === 0 ? 'alice' : 'bob' },
    } as never);
  const all = [...LARGE.entries()].map(([i, data]) => insert(`large${i}`, data, 2));
  all.push(insert('many', { s: 'a' }, 3000));
  for (let i = 0; i < small; i++) all.push(insert(`small${i}`, { s: `s${i}`, l: [i, i + 1], k: i % 10 }, 2));
  await Promise.all(all);
}

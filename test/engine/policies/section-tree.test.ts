import { EVERYTHING } from '../../../src/core/condition/condition.js';
import { scopeOf } from '../../../src/core/decision/scope.js';
import { PolicySet } from '../../../src/core/policy-set/policy-set.js';
import { rootEntries } from '../../../src/core/policies/sections/section-entries.js';
import { Sections } from '../../../src/core/policies/sections/sections.js';
import type { Call } from '../../../src/engine/enforcement/call.js';
import type { Calls } from '../../../src/engine/enforcement/calls.js';
import { sectionTree } from '../../../src/engine/policies/section-tree.js';
import type { InForce } from '../../../src/engine/policy-book/policy-book.js';
import { Turns } from '../../../src/store/turns.js';
import { person } from '../../support/guards.js';
import { processorTime } from '../../support/processor-time.js';

const COUNT = 40_000;
const section = (id: string) => ({ kind: 'section', id, value: {} });
const set = PolicySet.EMPTY.with(1, [
  ...rootEntries(),
  ...Array.from({ length: COUNT }, (_, at) => section(`s${at}`)),
]);
const now = { set, sections: new Sections(set) } as unknown as InForce;
const principal = person('vic', 'bp-viewer');
const call = { principal, inForce: now, scope: () => scopeOf(EVERYTHING) } as unknown as Call;
const calls = {
  bypass: true,
  turns: new Turns(),
  store: { models: { find: async () => [] } },
} as unknown as Calls;

test.each([['an administrator', true, 1] as const, ['a reader', false, 0] as const])(
  'for %s, the tree of many sections in one takes time in proportion to them, and others run meanwhile',
  async (_who, administrator, more) => {
    // The index is made with the version.
    expect(now.sections.index.sections.size).toBe(COUNT + 1);
    const isOver = jest.spyOn(Turns.prototype, 'isOver');
    const began = processorTime();
    const { sections } = await sectionTree(calls, call, now, administrator);
    // Copying the list for each section took more than a minute.
    expect(processorTime() - began).toBeLessThan(10_000);
    expect(sections).toHaveLength(COUNT + more);
    // They are looked at, counted, put in their places, in order, and shown.
    expect(isOver.mock.calls.length).toBeGreaterThan((4 * COUNT) / 8);
    isOver.mockRestore();
  },
);

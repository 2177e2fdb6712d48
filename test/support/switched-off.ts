import type { Operation, Policy } from 'bpmn-guard';
import { NOTHING } from '../../src/core/condition/condition.js';

/** The operation that `switchedOff` restricts for everybody; a test sets it, and takes it back. */
export const switches: { off: Operation | undefined } = { off: undefined };
export const switchedOff: Policy = {
  name: 'switched-off',
  waivable: false,
  answer: (_principal, operation) =>
    operation === switches.off ? { restrictive: [{ id: 'off', says: 'switched off', when: NOTHING }] } : {},
};

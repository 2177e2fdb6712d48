import { atOnce } from '../../dist/esm/core/in-steps.js';
import { readPolicyDocument } from '../../dist/esm/core/policy-set/files.js';
import { changedSet } from '../../dist/esm/core/policy-set/kinds.js';
import { PolicySet } from '../../dist/esm/core/policy-set/policy-set.js';
import { taskRulesPolicy } from '../../dist/esm/core/policies/task-rules.js';
import { tenants } from '../../dist/esm/core/policies/tenants.js';
import { compilerWith } from '../../dist/esm/engine/policy-book/application-policies.js';

const RIGHTS = ['Model:Read', 'ModelInstance:Read', 'ModelInstance:Create', 'Todo:Read_Own', 'Todo:Process'];
const named = (count, one) => Object.fromEntries(Array.from({ length: count }, (_, at) => one(at)));

/** Security roles; everybody holds one by a group, the others are held by single users. */
export const securityRoles = (count, groups) =>
  named(count, (at) => [
    `role ${at}`,
    { rights: RIGHTS, holders: at === 0 ? groups.map((group) => ({ group })) : [{ user: `other-${at}` }] },
  ]);

/** Rules about tasks of twenty models, for groups. */
export const gridRules = (count) => ({
  rules: named(count, (at) => [
    `rule ${at}`,
    {
      effect: 'Allow',
      users: { group: `department-${at % 40}` },
      privilege: 'Perform',
      on: { process: `Process ${at % 20}`, task: `element-${at}` },
      for: { 'data.amount': { $lt: 1000 } },
    },
  ]),
});

const duties = named(10, (at) => [
  `duty ${at}`,
  { duty: 'not-who-did', model: `Process ${at}`, task: 'review', did: `element-${at}` },
]);

/**
 * Sections below each other by tens, with ten permissions each; the models of the bench are in some of them. However
 * few they are, each group has permissions somewhere: who has none is decided without sections.
 */
export const sections = (count, each = 10) => ({
  ...named(count, (at) => [
    `section ${at}`,
    {
      ...(at >= 10 && { parent: `section ${Math.floor(at / 10)}` }),
      permissions: Array.from({ length: each }, (_, who) => ({
        group: `department-${(at * 7 + who) % 40}`,
        permissions: ['read', 'bpmn-process-instance-read'],
      })),
      models: at < 20 ? [`Process ${at}`] : [`Model ${at}`],
    },
  ]),
});

/** Every policy, with ten entries of each kind. */
export const everyPolicy = (groups) => ({
  securityRoles: securityRoles(10, groups),
  grid: gridRules(10),
  duties,
  sections: sections(10),
});

const compile = compilerWith([taskRulesPolicy, tenants]);

/** The decision point of a policy set that a policy file states. */
export function pointOf(content) {
  const { entries, mistakes } = atOnce(readPolicyDocument(content));
  if (mistakes.length > 0) throw mistakes[0];
  const changes = entries.map(({ change }) => change);
  return atOnce(compile(changedSet(PolicySet.EMPTY, changes))).point;
}

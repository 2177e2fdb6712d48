import { parseCondition, SecureUser } from 'bpmn-guard';
import { createDecisionPoint } from '../../dist/esm/core/decision/decision-point.js';
import { taskRulesPolicy } from '../../dist/esm/core/policies/task-rules.js';
import { tenants } from '../../dist/esm/core/policies/tenants.js';
import { compare, perOne } from '../timing.mjs';
import { createCasbin, createCasbinFunction } from './casbin.mjs';
import { abilityOf, createCasl } from './casl.mjs';
import { everyPolicy, gridRules, pointOf, sections, securityRoles } from './configured.mjs';
import { ifChain } from './if-chain.mjs';
import { makeQuestions } from './questions.mjs';

const LEAST_SHARE = 0.1;

/** All contenders must give the same answers, and both answers must be frequent; otherwise the comparison is void. */
function assertSameAnswers(questions, contenders) {
  const [first, ...others] = Object.entries(contenders);
  let permits = 0;
  for (const question of questions) {
    const answer = first[1](question);
    if (answer) permits++;
    for (const [name, ask] of others) {
      if (ask(question) !== answer)
        throw new Error(
          `${name} and ${first[0]} disagree about ${JSON.stringify({ ...question, principal: undefined })}`,
        );
    }
  }
  const share = permits / questions.length;
  if (share < LEAST_SHARE || share > 1 - LEAST_SHARE)
    throw new Error(`Too one-sided: ${Math.round(share * 100)} % of the answers are permits`);
}

/** Asks all questions, and counts the answers so that the compiler cannot drop them as unused. */
function asking(ask, questions) {
  return () => {
    let permits = 0;
    for (const question of questions) if (ask(question)) permits++;
    return permits;
  };
}

async function open({ quick }) {
  const sizes = quick
    ? { asked: 300, people: 50, resources: 50 }
    : { asked: 5_000, people: 1_000, resources: 2_000 };
  const questions = makeQuestions(sizes.asked, sizes);
  const point = createDecisionPoint([taskRulesPolicy, tenants]);
  const casl = createCasl();
  const casbin = await createCasbin();
  const casbinFunction = await createCasbinFunction(ifChain);
  const contenders = {
    guard: ({ principal, operation, resource }) => point.allows(principal, operation, resource),
    chain: ({ user, operation, resource }) => ifChain(user, operation, resource),
    casl: ({ user, operation, resource }) => casl(user, operation, resource),
    casbin: ({ user, operation, resource }) => casbin(user, operation, resource),
    'casbin-function': ({ user, operation, resource }) => casbinFunction(user, operation, resource),
  };
  assertSameAnswers(questions.slice(0, 2_000), contenders);
  return { questions, contenders, quick };
}

/** As in a request: creates the principal, which asks for the first time. CASL creates the user's ability. */
const firstDecision = {
  name: 'decision/first-casl',
  goal: 1,
  says: 'a principal made and its first decision, against an ability of @casl/ability made and its first decision',
  async run({ questions, quick }) {
    const some = questions.slice(0, 3_000);
    const point = createDecisionPoint([taskRulesPolicy, tenants]);
    const ours = asking(
      ({ user, operation, resource }) => point.allows(new SecureUser(user), operation, resource),
      some,
    );
    const theirs = asking(({ user, operation, resource }) => abilityOf(user).can(operation, resource), some);
    return perOne(await compare({ ours, theirs, rounds: quick ? 1 : 9 }), some.length);
  },
};

/** A policy whose rules differ only by model and element, written as recommended: created once, frozen. */
function manyRules(count) {
  const rules = Array.from({ length: count }, (_, at) => {
    const names = { 'instance.name': `Process ${at % 20}`, 'item.elementId': `element-${at}` };
    const when = parseCondition({ ...names, 'item.candidateGroups': { $in: '$user.userGroups' } });
    return Object.freeze({ id: `rule-${at}`, says: `rule ${at}`, when });
  });
  const answer = Object.freeze({ permissive: Object.freeze(rules) });
  return { name: 'many', answer: () => answer };
}

const rulesDecision = {
  name: 'decision/rules',
  goal: 1.5,
  says: 'one decision where a policy adds 10,000 rules for elements of models, against one where it adds 10',
  async run({ questions, quick }) {
    const some = questions.filter(({ operation }) => operation.startsWith('task:')).slice(0, 5_000);
    const [ours, theirs] = [10_000, 10].map((count) => {
      const point = createDecisionPoint([taskRulesPolicy, tenants, manyRules(count)]);
      return asking(
        ({ principal, operation, resource }) => point.allows(principal, operation, resource),
        some,
      );
    });
    return perOne(
      await compare({ ours, theirs, ...(quick ? { rounds: 1 } : { rounds: 101, warmUp: 20 }) }),
      some.length,
    );
  },
};

const GROUPS = Array.from({ length: 40 }, (_, at) => `department-${at}`);
const allOn = pointOf(everyPolicy([...GROUPS, 'ADMIN']));
const allows =
  (point) =>
  ({ principal, operation, resource }) =>
    point.allows(principal, operation, resource);

/** One decision with policies that administrators configured, against one with others, or with none of them. */
function configured(name, goal, says, makeOurs, makeTheirs) {
  return {
    name: `decision/${name}`,
    goal,
    says,
    async run({ questions, contenders, quick }) {
      const some = questions.slice(0, 5_000);
      const times = await compare({
        ours: asking(makeOurs(contenders), some),
        theirs: asking(makeTheirs(contenders), some),
        ...(quick ? { rounds: 1 } : { rounds: 41, warmUp: 10 }),
      });
      return perOne(times, some.length);
    },
  };
}

const many = (what, says, make) =>
  configured(
    `configured/${what}`,
    1.5,
    `one decision with ${says}`,
    () => allows(pointOf(make(10_000))),
    () => allows(pointOf(make(10))),
  );

/** Decisions under policies that administrators configured. */
const configuredDecisions = [
  configured(
    'configured',
    3,
    'one decision with grid, duties, sections and security roles, against the task rules alone',
    () => allows(allOn),
    ({ guard }) => guard,
  ),
  configured(
    'configured-chain',
    6,
    'one decision with all of these, against the hand-written if-chain of the task rules',
    () => allows(allOn),
    ({ chain }) => chain,
  ),
  many('rules', '10,000 rules of a grid, against 10', (count) => ({ grid: gridRules(count) })),
  many('roles', '10,000 security roles, against 10', (count) => ({
    securityRoles: securityRoles(count, GROUPS),
  })),
  many('sections', '10,000 sections with as many models, against 10', (count) => ({
    sections: sections(count, 5),
  })),
];

/** A decision of a principal that has asked before; at most `asked` questions in a round. */
function decision(against, called, goal, { asked, rounds, warmUp }) {
  return {
    name: `decision/${against}`,
    goal,
    says: `one decision with the task rules, against ${called}`,
    async run({ questions, contenders, quick }) {
      const some = questions.slice(0, asked);
      const times = await compare({
        ours: asking(contenders.guard, some),
        theirs: asking(contenders[against], some),
        ...(quick ? { rounds: 1 } : { rounds, warmUp }),
      });
      return perOne(times, some.length);
    },
  };
}

/** One decision, against other ways to make it. */
export const decisionGroup = {
  open,
  measures: [
    decision('chain', 'a hand-written if-chain', 2, { asked: 5_000, rounds: 201, warmUp: 20 }),
    decision('casl', '@casl/ability', 1, { asked: 5_000, rounds: 41, warmUp: 5 }),
    decision('casbin', 'casbin', 1, { asked: 2_000, rounds: 7, warmUp: 1 }),
    decision('casbin-function', 'casbin with that if-chain as its matcher', 1, {
      asked: 5_000,
      rounds: 41,
      warmUp: 5,
    }),
    firstDecision,
    rulesDecision,
    ...configuredDecisions,
  ],
};

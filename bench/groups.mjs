import { decisionGroup } from './decision/measures.mjs';
import { cycleGroups } from './engine/measures.mjs';
import { requestGroup } from './http/measures.mjs';
import { policyVersionGroups } from './http/policy-version.mjs';
import { simulationGroup } from './simulation/measures.mjs';
import { pageGroups } from './store/measures.mjs';
import { sectionGroup } from './store/sections.mjs';

/** All measures, in groups that share what they open. @param mongo address of a server, where there is one */
export const groupsFor = (mongo) => [
  decisionGroup,
  requestGroup,
  ...policyVersionGroups(mongo),
  ...cycleGroups(mongo),
  ...pageGroups(mongo),
  sectionGroup,
  simulationGroup,
];

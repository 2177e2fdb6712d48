import { ASSIGNING } from './assigning';
import { EXECUTING } from './executing';
import { MODELS_AND_TENANTS } from './models-and-tenants';
import { READING } from './reading';
import { SENDING } from './sending';
import type { Scenario } from './stage';

/** The leaks of bpmn-server 2.3.8, each as an attack that is made on the bare host and on the guarded one. */
export const SCENARIOS: readonly Scenario[] = [
  ...READING,
  ...EXECUTING,
  ...ASSIGNING,
  ...SENDING,
  ...MODELS_AND_TENANTS,
];

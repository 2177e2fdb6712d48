import { taskRulesPolicy } from '../../core/policies/task-rules.js';
import { tenants } from '../../core/policies/tenants.js';
import type { Store } from '../../store/port.js';
import { consoleLogger } from '../contract/console-logger.js';
import { Incidents } from '../contract/incidents.js';
import { compilerWith } from './application-policies.js';
import { PolicyBook } from './policy-book.js';

/** The policies of a store, for programs that change them without a guard, and so without an application's own. */
export const storedPolicies = (store: Store): PolicyBook =>
  new PolicyBook(store.policies, compilerWith([taskRulesPolicy, tenants]), new Incidents(consoleLogger));

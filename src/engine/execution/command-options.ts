import type { SecureUser } from '../../core/principal.js';
import type { Store, StoredModel } from '../../store/port.js';
import type { GuardLogger } from '../contract/types.js';
import type { Attempts } from './attempts.js';
import type { Command } from './command.js';
import type { Contexts } from './context.js';
import type { HostStore } from './host-store.js';
import type { InstanceLocks } from './locks.js';
import type { Retries } from './retries.js';

/** On whose account a command runs. */
export interface Account {
  readonly causer: SecureUser;
  /** Recorded as starter of what is started; default the causer's name. */
  readonly starter?: string;
  /** Default: the causer's tenant. */
  readonly tenantId?: string | undefined;
  readonly modelsOwner?: string | undefined;
  /** The model on which was decided; the run uses this very version, whatever is saved meanwhile. */
  readonly model?: StoredModel;
  /** The work goes on in the background when `work` has returned. */
  readonly noWait?: boolean;
}

/** What one command may take. */
export interface Limits {
  /** Milliseconds for the work of the model, until it settles. */
  readonly time: number;
  /** Steps of elements. */
  readonly steps: number;
}

export interface RunnerParts {
  readonly limits: Limits;
  readonly attempts: Attempts;
  readonly store: Store;
  readonly hostStore: HostStore;
  readonly contexts: Contexts;
  readonly locks: InstanceLocks;
  readonly retries: Retries;
  readonly logger: GuardLogger;
  /** Told what failed inside a model without stopping it. */
  readonly onFailures: (command: Command) => Promise<void>;
}

/** How a command on one instance runs. */
export interface OnInstance {
  /** The work goes on in the background when `work` has returned. */
  readonly noWait?: boolean;
  /** Recorded as starter of what is started; default the causer's name. */
  readonly starter?: string;
  /** Asked before the lock is taken by a command that had to wait in line; what it rejects with ends the command. */
  readonly worthIt?: () => Promise<unknown>;
}

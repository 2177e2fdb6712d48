import { randomUUID } from 'node:crypto';
import * as bpmn from 'bpmn-server';
import { BadInput } from '../../core/errors.js';
import { shareParsing, type Parsing } from './host-definition.js';

/** The part of bpmn-server that the guard relies on, loosely typed where upstream declares `any`. */
export interface HostItem {
  id: string;
  seq: number;
  status: string;
  type: string;
  elementId: string;
  name: string;
  userName?: string | null | undefined;
  assignee?: unknown;
  candidateUsers?: unknown;
  candidateGroups?: unknown;
  dueDate?: unknown;
  followUpDate?: unknown;
  priority?: unknown;
  timeDue?: Date | undefined;
  timerCount?: number;
  node: HostNode;
  token: HostToken;
  context: HostExecution;
  [key: string]: unknown;
}
export interface HostToken {
  id: number;
  status: string;
  currentItem?: HostItem;
  execution: HostExecution;
  goNext(): Promise<unknown>;
  signal(data: unknown, options?: object): Promise<unknown>;
  [key: string]: unknown;
}
export interface HostNode {
  id: string;
  name: string;
  type: string;
  subType?: string;
  lane?: string;
  process: { def: ModdleElement; id: string; doEvent(...args: unknown[]): Promise<unknown> };
  def: ModdleElement;
  behaviours: Map<string, HostBehaviour>;
  initiator?: string;
  execute(item: HostItem): Promise<unknown>;
  start(item: HostItem): Promise<number>;
  run(item: HostItem): Promise<number>;
  setInput(item: HostItem, data: unknown): Promise<void>;
  [key: string]: unknown;
}
export interface HostBehaviour {
  startTimer?: (item: HostItem) => Promise<void>;
  timeDue?: (item: HostItem, modifier: number | null) => Promise<unknown>;
  fields?: unknown[];
  [key: string]: unknown;
}
export interface ModdleElement {
  $type: string;
  $parent?: ModdleElement;
  $attrs?: Record<string, string>;
  id?: string;
  name?: string;
  [key: string]: unknown;
}
export interface HostDefinition {
  name: string;
  source: string;
  nodes: Map<string, HostNode>;
  processes: Map<string, { id: string; def: ModdleElement }>;
  load(): Promise<unknown>;
  getJson(): string;
  getStartNode(): HostNode | undefined;
  [key: string]: unknown;
}
export interface HostInstance {
  id: string;
  name: string;
  status?: string;
  saved?: Date;
  version?: number | null;
  data?: Record<string, unknown>;
  items: Record<string, unknown>[];
  tokens: Record<string, unknown>[];
  loops?: unknown[];
  logs: unknown[];
  parentItemId?: string;
  guard?: unknown;
  [key: string]: unknown;
}
export interface HostExecution {
  id: string;
  instance: HostInstance;
  definition: HostDefinition;
  tokens: Map<number, HostToken>;
  item?: HostItem;
  userName?: string | null;
  isLocked: boolean;
  worker?: Promise<unknown>;
  promises: Promise<unknown>[];
  options?: Record<string, unknown>;
  server: HostServer;
  getItems(): HostItem[];
  getState(): HostInstance;
  save(): Promise<void>;
  signalItem(itemId: string, data: unknown, userName?: string | null, options?: object): Promise<unknown>;
  [key: string]: unknown;
}
export interface HostListener {
  on(event: string, handler: (payload: never) => unknown): unknown;
  emit(event: string, payload: unknown): boolean;
  /** Where eventemitter3 keeps its handlers. */
  _events?: Record<
    string,
    | { fn: (...args: never[]) => unknown; once?: boolean }
    | { fn: (...args: never[]) => unknown; once?: boolean }[]
  >;
}
export interface HostServer {
  engine: unknown;
  dataStore: unknown;
  definitions: unknown;
  cache: unknown;
  cron: unknown;
  listener: HostListener;
  logger: unknown;
  configuration: Record<string, unknown> & { timers?: { forceTimersDelay?: number; precision?: number } };
  appDelegate: Record<string, unknown>;
  scriptHandler: unknown;
  /** Set on the guard's own server. */
  parsing?: Parsing;
}

/** The first supported and the first unsupported version of bpmn-server. */
export const SUPPORTED = { from: '2.3.8', below: '2.4.0' } as const;

const parts = (version: string): number[] => version.split('.').map(Number);
const before = (a: string, b: string): boolean => {
  const [x, y] = [parts(a), parts(b)];
  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return (x[i] ?? 0) < (y[i] ?? 0);
  return false;
};

/**
 * Checks the installed bpmn-server before any of it is started.
 * @param accepted an exact version that is accepted although it is outside the range
 * @throws BadInput `unsupported-host`
 */
export function checkHost(accepted?: string): void {
  const version = bpmn.BPMNServer.getVersion() as string;
  if (version === accepted) return;
  if (
    !/^\d+\.\d+\.\d+$/.test(version) ||
    before(version, SUPPORTED.from) ||
    !before(version, SUPPORTED.below)
  ) {
    throw new BadInput(
      'unsupported-host',
      `bpmn-server ${version} is installed; supported versions are ${SUPPORTED.from} up to, but` +
        ` not including, ${SUPPORTED.below}.`,
    );
  }
}

/**
 * Undoes the effects of importing bpmn-server on the process, makes its ids random, and lets a server parse a model
 * once. Idempotent. Removes the listener that swallows every uncaught error; the guard awaits the work that made it
 * necessary. Patches `Execution.prototype.getUUID`, because the host's ids are guessable from each other.
 */
export function tameHost(): void {
  for (const listener of process.listeners('uncaughtException')) {
    if (listener.toString().includes('BPMNServer UNCAUGHT ERROR'))
      process.removeListener('uncaughtException', listener);
  }
  shareParsing();
  (bpmn.Execution.prototype as { getUUID: () => string }).getUUID = () => randomUUID();
}

// From the import on: with the listener, a failed start would leave a process that serves nothing.
tameHost();

export { bpmn };

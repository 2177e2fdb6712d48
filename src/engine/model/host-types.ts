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
}

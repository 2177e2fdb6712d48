/** A behaviour of an element (a timer, form fields, a loop), with bpmn-server's fields. */
export interface BehaviourView {
  readonly node: NodeView;
  /** The document element it was read from. */
  readonly definition: Readonly<Record<string, unknown>>;
  describe(): readonly string[][];
  readonly [field: string]: unknown;
}

interface ElementView {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly subType?: string;
  readonly lane?: string;
  /** The document element, as parsed. */
  readonly def: Readonly<Record<string, unknown>>;
  readonly behaviours: ReadonlyMap<string, BehaviourView>;
  hasBehaviour(name: string): boolean;
  getBehaviour(name: string): BehaviourView | undefined;
  describe(): string[][];
  readonly [field: string]: unknown;
}

/** An element of a process. */
export interface NodeView extends ElementView {
  readonly processId: string;
  readonly process: ProcessView;
  readonly inbounds: readonly FlowView[];
  readonly outbounds: readonly FlowView[];
  readonly attachments: readonly NodeView[];
  readonly attachedTo?: NodeView;
  /** Of a sub-process. */
  readonly childProcess?: ProcessView;
}

/** A sequence flow, message flow or association. */
export interface FlowView extends ElementView {
  readonly from: NodeView;
  readonly to: NodeView;
  readonly isMessageFlow: boolean;
}

/** A process of a document. */
export interface ProcessView {
  readonly id: string;
  readonly name?: string;
  readonly isExecutable?: boolean;
  readonly parent: ProcessView | null;
  readonly childrenNodes: readonly NodeView[];
  readonly def: Readonly<Record<string, unknown>>;
  getStartNode(userInvokable?: boolean): NodeView | undefined;
  getStartNodes(userInvokable?: boolean): NodeView[];
  describe(): string[][];
  readonly [field: string]: unknown;
}

/**
 * A model as bpmn-server has loaded it, read-only: its `Definition` with the informative members. It is deeply
 * frozen. Members that run or change something, and the server, cannot be reached from it.
 */
export interface DefinitionView {
  readonly name: string;
  /** The BPMN document. */
  readonly source: string;
  readonly processes: ReadonlyMap<string, ProcessView>;
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly flows: readonly FlowView[];
  readonly accessRules: readonly unknown[];
  /** The model is already loaded: resolves to itself. */
  load(): Promise<DefinitionView>;
  /** The processes, elements and flows as JSON text. `toJSON` returns the same as an object, for `JSON.stringify`. */
  getJson(): string;
  toJSON(): Record<string, unknown>;
  getNodeById(id: string): NodeView | undefined;
  /** The element with its form; all undefined if there is no such element. */
  getNodeInfo(elementId: string): {
    readonly node: NodeView | undefined;
    readonly fields: readonly Readonly<Record<string, unknown>>[] | undefined;
    readonly formKey: string | undefined;
  };
  /** Form fields of an element, as declared by `camunda:formData`; null if it has no form. */
  getFields(elementId: string): Promise<readonly Readonly<Record<string, unknown>>[] | null>;
  getStartNode(): NodeView | undefined;
  /** @param userInvokable omits start events triggered by a timer, message, signal or error; default false */
  getStartNodes(userInvokable?: boolean): NodeView[];
}

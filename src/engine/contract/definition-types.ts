/** What a behaviour of an element says: a timer, form fields, a loop; with the fields that bpmn-server gives it. */
export interface BehaviourView {
  readonly node: NodeView;
  /** The element of the document that it comes from. */
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
  /** The element of the document, as the parser gives it. */
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

/** A sequence flow, a message flow or an association. */
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
 * A model as bpmn-server has loaded it, to be looked at: its `Definition` with the members that tell something. It is
 * frozen, and so is all that it leads to; what runs or changes something, and the server, cannot be reached from it.
 */
export interface DefinitionView {
  readonly name: string;
  /** The BPMN document. */
  readonly source: string;
  readonly processes: ReadonlyMap<string, ProcessView>;
  readonly nodes: ReadonlyMap<string, NodeView>;
  readonly flows: readonly FlowView[];
  readonly accessRules: readonly unknown[];
  /** It is loaded already: resolves to itself. */
  load(): Promise<DefinitionView>;
  /** Its processes, elements and flows as JSON text; `toJSON` gives the same as an object, for `JSON.stringify`. */
  getJson(): string;
  toJSON(): Record<string, unknown>;
  getNodeById(id: string): NodeView | undefined;
  /** The element with its form; all undefined where there is no such element. */
  getNodeInfo(elementId: string): {
    readonly node: NodeView | undefined;
    readonly fields: readonly Readonly<Record<string, unknown>>[] | undefined;
    readonly formKey: string | undefined;
  };
  /** Form fields of an element, as `camunda:formData` declares them; null where it has no form. */
  getFields(elementId: string): Promise<readonly Readonly<Record<string, unknown>>[] | null>;
  getStartNode(): NodeView | undefined;
  /** @param userInvokable without those that a timer, a message, a signal or an error starts; default false */
  getStartNodes(userInvokable?: boolean): NodeView[];
}

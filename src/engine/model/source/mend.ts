import { BadInput } from '../../../core/errors.js';
import type { ModdleElement } from '../host.js';
import type { Parsed } from '../parsing.js';

interface Container extends ModdleElement {
  get(name: string): ModdleElement[];
  laneSets?: Container[];
  artifacts?: ModdleElement[];
}

const CONTAINERS = new Set(['bpmn:SubProcess', 'bpmn:AdHocSubProcess', 'bpmn:Transaction']);
const isContainer = (element: ModdleElement): element is Container => CONTAINERS.has(element.$type);

/** Elements that take no part in the flow: any id will do for them. */
const PASSIVE = new Set([
  'bpmn:SequenceFlow',
  'bpmn:DataObject',
  'bpmn:DataObjectReference',
  'bpmn:DataStoreReference',
]);

/** An empty id is none. */
const hasId = ({ id }: ModdleElement): boolean => (id ?? '') !== '';

const named = ({ $type, id, name }: ModdleElement): string =>
  [$type.replace('bpmn:', ''), id || (name === undefined ? 'without an id' : JSON.stringify(name))].join(' ');

/** @throws BadInput `bad-model` always */
function refuse(element: ModdleElement, cause: string): never {
  throw new BadInput('bad-model', `${named(element)}: ${cause}`);
}

/** Removes from a list, in place, the entries that do not hold. */
function keepOnly<T>(list: T[], holds: (entry: T) => boolean): void {
  list.splice(0, list.length, ...list.filter(holds));
}

/**
 * Turns a parsed document into one that bpmn-server can load, if nothing is lost by it: missing lists become empty,
 * flows without an id get one, and parts that the engine does not use (message flows to a pool, associations with
 * annotations) are removed. New ids depend only on the document, so that running instances find them again.
 */
class Mender {
  private given = 0;
  /** The elements of processes that become nodes in bpmn-server; not pools, lanes or annotations. */
  private readonly nodes = new Set<ModdleElement>();
  /** The references of each element, by property. */
  private readonly refers = new Map<ModdleElement, Map<string, string>>();

  constructor(
    private readonly parsed: Parsed,
    private readonly dropped: ReadonlyMap<string, string>,
  ) {
    for (const { element, property, id } of parsed.references)
      this.refers.set(element, (this.refers.get(element) ?? new Map<string, string>()).set(property, id));
  }

  /** @throws BadInput `bad-model` if the document cannot be run, naming the element and the cause */
  mend(): void {
    const roots = (this.parsed.rootElement as Container).get('rootElements') as Container[];
    for (const root of roots) if (root.$type === 'bpmn:Process') this.container(root);
    for (const node of this.nodes) this.ends(node);
    for (const root of roots) if (root.$type === 'bpmn:Collaboration') this.messageFlows(root);
    keepOnly(this.parsed.references, (reference) => this.isFollowed(reference));
  }

  private giveId(element: ModdleElement, kind: string): void {
    if (hasId(element)) return;
    do this.given++;
    while (Object.hasOwn(this.parsed.elementsById, `${kind}_without_id_${this.given}`));
    element.id = `${kind}_without_id_${this.given}`;
    this.parsed.elementsById[element.id] = element;
  }

  private readonly isNode = (element: unknown): element is ModdleElement =>
    this.nodes.has(element as ModdleElement);

  private isInside(element: unknown, container: ModdleElement): boolean {
    if (!this.isNode(element)) return false;
    let at: ModdleElement | undefined = element;
    while (at !== undefined && at !== container) at = at.$parent;
    return at === container;
  }

  /** Handles a process or sub-process: its elements, and the references to them. */
  private container(container: Container): void {
    for (const element of container.get('flowElements')) {
      if (!hasId(element) && !PASSIVE.has(element.$type))
        refuse(element, 'it has no id, so nothing can lead to it.');
      this.giveId(element, element.$type === 'bpmn:SequenceFlow' ? 'flow' : 'data');
      this.nodes.add(element);
      if (isContainer(element)) this.container(element);
    }
    for (const set of container.laneSets ?? [])
      for (const lane of set.get('lanes') as Container[])
        keepOnly(lane.get('flowNodeRef'), (node) => this.isInside(node, container));
    const artifacts = container.artifacts ?? [];
    const isDirected = ({ associationDirection }: ModdleElement): boolean => associationDirection === 'One';
    keepOnly(
      artifacts,
      (artifact) =>
        !isDirected(artifact) ||
        [artifact.sourceRef, artifact.targetRef].every(
          (end) => end === undefined || this.isInside(end, container),
        ),
    );
    for (const artifact of artifacts.filter(isDirected)) this.giveId(artifact, 'association');
  }

  private refersTo(element: ModdleElement, property: string): string | undefined {
    return this.refers.get(element)?.get(`bpmn:${property}`);
  }

  /** The text of a reference that leads nowhere, as in the document. */
  private wanted(element: ModdleElement, property: string): string {
    const id = this.refersTo(element, property);
    if (id === undefined) return 'not given';
    const cause = this.dropped.get(id);
    return `${JSON.stringify(id)}, which does not exist${cause === undefined ? '' : `: ${cause}`}`;
  }

  /** Checks both ends of a flow, or the element to which a boundary event is attached. */
  private ends(element: ModdleElement): void {
    if (element.$type === 'bpmn:BoundaryEvent' && this.refersTo(element, 'attachedToRef') !== undefined)
      this.end(element, 'attachedToRef', 'the task that it is attached to');
    // A flow without either end leads nowhere and does no harm.
    const [from, to] = [this.refersTo(element, 'sourceRef'), this.refersTo(element, 'targetRef')];
    if (element.$type !== 'bpmn:SequenceFlow' || (from === undefined && to === undefined)) return;
    this.end(element, 'sourceRef', 'its source');
    this.end(element, 'targetRef', 'its target');
  }

  private end(element: ModdleElement, property: string, what: string): void {
    const end = element[property] as ModdleElement | undefined;
    if (this.isNode(end)) return;
    refuse(
      element,
      end === undefined
        ? `${what} is ${this.wanted(element, property)}.`
        : `${what} is ${named(end)}, which is not part of a process.`,
    );
  }

  private messageFlows(collaboration: Container): void {
    const flows = (collaboration.messageFlows ?? []) as ModdleElement[];
    for (const flow of flows)
      for (const [property, end] of [
        ['sourceRef', 'source'],
        ['targetRef', 'target'],
      ] as const)
        if (flow[property] === undefined) refuse(flow, `its ${end} is ${this.wanted(flow, property)}.`);
    keepOnly(flows, (flow) => this.isNode(flow.sourceRef) && this.isNode(flow.targetRef));
  }

  /** Whether bpmn-server can follow a reference: it looks it up among the nodes. */
  private isFollowed({ element, id }: Parsed['references'][number]): boolean {
    const { elementsById } = this.parsed;
    // Only the reference is left of an element with an invalid or duplicate id.
    if (element.id !== undefined && elementsById[element.id] !== element) return false;
    if (element.$type === 'bpmn:BoundaryEvent') return this.isNode(elementsById[id]);
    return element.$type !== 'bpmn:SequenceFlow' || this.isNode(element);
  }
}

/**
 * Repairs a parsed document in place so that bpmn-server can load it.
 * @param dropped why elements with these ids were not read
 * @throws BadInput `bad-model` if the document cannot be run, naming the element and the cause
 */
export function mend(parsed: Parsed, dropped: ReadonlyMap<string, string>): void {
  new Mender(parsed, dropped).mend();
}

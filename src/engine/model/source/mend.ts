import { BadInput } from '../../../core/errors.js';
import type { ModdleElement } from '../host.js';

/** What bpmn-server's parser makes of a source. */
export interface Parsed {
  readonly rootElement: ModdleElement;
  readonly elementsById: Record<string, ModdleElement>;
  readonly references: readonly { element: ModdleElement; property: string; id: string }[];
}

interface Container extends ModdleElement {
  get(name: string): ModdleElement[];
  flowElements?: ModdleElement[];
  laneSets?: Container[];
  artifacts?: ModdleElement[];
}

const DATA = new Set([
  'bpmn:SequenceFlow',
  'bpmn:DataObject',
  'bpmn:DataObjectReference',
  'bpmn:DataStoreReference',
]);

const named = ({ $type, id, name }: ModdleElement): string =>
  [$type.replace('bpmn:', ''), id ?? (name === undefined ? 'without an id' : JSON.stringify(name))].join(' ');

/** @throws BadInput `bad-model` always */
function refuse(element: ModdleElement, cause: string): never {
  throw new BadInput('bad-model', `${named(element)}: ${cause}`);
}

/** What a reference is called in the document, where it leads nowhere. */
const wanted = ({ references }: Parsed, element: ModdleElement, property: string): string => {
  const reference = references.find(
    (entry) => entry.element === element && entry.property === `bpmn:${property}`,
  );
  return reference === undefined ? 'not given' : `${JSON.stringify(reference.id)}, which is not there`;
};

/**
 * Makes a parsed document into one that bpmn-server can load, where nothing is lost by it: missing lists are empty,
 * flows without an id get one, and what the engine has no use for (flows of messages to a pool, associations with
 * annotations) is left out. The ids given depend on the document alone, so that running instances find them again.
 * @throws BadInput `bad-model` naming the element and the cause, where the document cannot be run
 */
export class Mender {
  private given = 0;

  constructor(private readonly parsed: Parsed) {}

  mend(): void {
    const roots = (this.parsed.rootElement as Container).get('rootElements');
    for (const root of roots) if (root.$type === 'bpmn:Process') this.container(root as Container);
    for (const root of roots) if (root.$type === 'bpmn:Process') this.ends(root as Container);
    for (const root of roots)
      if (root.$type === 'bpmn:Collaboration') this.messageFlows(root as Container, roots);
  }

  private giveId(element: ModdleElement, kind: string): void {
    if (element.id !== undefined) return;
    do this.given++;
    while (Object.hasOwn(this.parsed.elementsById, `${kind}_without_id_${this.given}`));
    element.id = `${kind}_without_id_${this.given}`;
    this.parsed.elementsById[element.id] = element;
  }

  /** A process or sub-process: what it holds, and what refers to that. */
  private container(container: Container): void {
    const elements = container.get('flowElements');
    for (const element of elements) {
      if (element.id === undefined && !DATA.has(element.$type))
        refuse(element, 'it has no id, so nothing can lead to it.');
      this.giveId(element, element.$type === 'bpmn:SequenceFlow' ? 'flow' : 'data');
      if (isContainer(element)) this.container(element);
    }
    for (const set of container.laneSets ?? [])
      for (const lane of set.get('lanes') as Container[])
        keepOnly(lane.get('flowNodeRef'), isInside(container));
    const artifacts = container.artifacts ?? [];
    keepOnly(
      artifacts,
      ({ associationDirection, sourceRef, targetRef }) =>
        associationDirection !== 'One' ||
        [sourceRef, targetRef].every((end) => end === undefined || isInside(container)(end as ModdleElement)),
    );
    for (const artifact of artifacts)
      if (artifact.associationDirection === 'One') this.giveId(artifact, 'association');
  }

  /** Both ends of each flow, and what each boundary event stands at. */
  private ends(container: Container): void {
    for (const element of container.get('flowElements')) {
      if (isContainer(element)) this.ends(element);
      if (element.$type === 'bpmn:SequenceFlow') this.sequenceFlow(element);
      if (
        element.$type === 'bpmn:BoundaryEvent' &&
        this.refersTo(element, 'attachedToRef') &&
        !isNode(element.attachedToRef)
      )
        refuse(
          element,
          `the task that it is attached to is ${wanted(this.parsed, element, 'attachedToRef')}.`,
        );
    }
  }

  private refersTo(element: ModdleElement, property: string): boolean {
    return this.parsed.references.some(
      (entry) => entry.element === element && entry.property === `bpmn:${property}`,
    );
  }

  private sequenceFlow(flow: ModdleElement): void {
    // One with neither end leads nowhere, and harms nobody.
    if (!this.refersTo(flow, 'sourceRef') && !this.refersTo(flow, 'targetRef')) return;
    const missing = (['sourceRef', 'targetRef'] as const).filter((end) => !isNode(flow[end]));
    const [first] = missing;
    if (first === undefined) return;
    const end = first === 'sourceRef' ? 'source' : 'target';
    const other = flow[first] as ModdleElement | undefined;
    refuse(
      flow,
      other === undefined
        ? `its ${end} is ${wanted(this.parsed, flow, first)}.`
        : `its ${end} is ${named(other)}, which no sequence flow can have.`,
    );
  }

  private messageFlows(collaboration: Container, roots: readonly ModdleElement[]): void {
    const flows = (collaboration.messageFlows ?? []) as ModdleElement[];
    for (const flow of flows)
      for (const end of ['sourceRef', 'targetRef'] as const)
        if (flow[end] === undefined)
          refuse(
            flow,
            `its ${end === 'sourceRef' ? 'source' : 'target'} is ${wanted(this.parsed, flow, end)}.`,
          );
    keepOnly(flows, (flow) =>
      [flow.sourceRef, flow.targetRef].every((end) => isNode(end) && isInOneOf(end, roots)),
    );
  }
}

const CONTAINERS = new Set(['bpmn:SubProcess', 'bpmn:AdHocSubProcess', 'bpmn:Transaction']);
const isContainer = (element: ModdleElement): element is Container => CONTAINERS.has(element.$type);

/** Whether bpmn-server makes a node of it: an element of a process, not a pool, a lane or an annotation. */
function isNode(element: unknown): element is ModdleElement {
  const holder = (element as Partial<ModdleElement> | undefined)?.$parent as Container | undefined;
  return (
    holder !== undefined &&
    (holder.$type === 'bpmn:Process' || isContainer(holder)) &&
    (holder.flowElements ?? []).includes(element as ModdleElement)
  );
}

function isInOneOf(element: ModdleElement, roots: readonly ModdleElement[]): boolean {
  let at = element;
  while (at.$parent !== undefined && at.$type !== 'bpmn:Process') at = at.$parent;
  return roots.includes(at);
}

const isInside =
  (container: ModdleElement) =>
  (element: ModdleElement): boolean => {
    if (!isNode(element)) return false;
    for (let at: ModdleElement | undefined = element; at !== undefined; at = at.$parent)
      if (at === container) return true;
    return false;
  };

/** Takes out of a list, in place, what does not hold. */
function keepOnly(list: ModdleElement[], holds: (element: ModdleElement) => boolean): void {
  for (let index = list.length - 1; index >= 0; index--)
    if (!holds(list[index] as ModdleElement)) list.splice(index, 1);
}

import { normaliseName } from '../../core/principal.js';
import type { HostNode, ModdleElement } from './host.js';

const list = (value: unknown): ModdleElement[] => (Array.isArray(value) ? (value as ModdleElement[]) : []);

/** A `camunda:property` of the process, such as `lanesAsRoles`. */
export function processProperty(process: ModdleElement, name: string): string | undefined {
  const extensions = (process.extensionElements as { values?: unknown } | undefined)?.values;
  for (const element of list(extensions)) {
    if (element.$type !== 'camunda:Properties' && element.$type !== 'camunda:properties') continue;
    for (const property of [...list(element.values), ...list(element.$children)]) {
      const { name: key, value } = property as { name?: unknown; value?: unknown };
      if (key === name && typeof value === 'string') return value.trim();
    }
  }
  return undefined;
}

/** The process that an element belongs to, through sub-processes. */
export function processOf(element: ModdleElement): ModdleElement {
  let at = element;
  while (at.$type !== 'bpmn:Process' && at.$parent !== undefined) at = at.$parent;
  return at;
}

function laneIn(lanes: ModdleElement[], id: string): ModdleElement | undefined {
  for (const lane of lanes) {
    const inner = laneIn(list((lane.childLaneSet as ModdleElement | undefined)?.lanes), id);
    if (inner !== undefined) return inner;
    if (list(lane.flowNodeRef).some((node) => node.id === id)) return lane;
  }
  return undefined;
}

function laneOf(process: ModdleElement, element: ModdleElement): ModdleElement | undefined {
  const lanes = list(process.laneSets).flatMap((set) => list(set.lanes));
  for (let at: ModdleElement | undefined = element; at !== undefined && at !== process; at = at.$parent) {
    const lane = at.id === undefined ? undefined : laneIn(lanes, at.id);
    if (lane !== undefined) return lane;
  }
  return undefined;
}

function poolOf(process: ModdleElement): ModdleElement | undefined {
  const collaborations = list(process.$parent?.rootElements).filter(
    (root) => root.$type === 'bpmn:Collaboration',
  );
  return collaborations
    .flatMap((c) => list(c.participants))
    .find((p) => (p.processRef as ModdleElement | undefined)?.id === process.id);
}

/**
 * The role that the diagram gives to a node: the name of its innermost lane or, where the process has no lanes, of its
 * pool (spec 01). A process switches that off with the property `lanesAsRoles` set to `false`.
 */
export function roleOf(node: Pick<HostNode, 'def'>): string | undefined {
  const process = processOf(node.def);
  if (processProperty(process, 'lanesAsRoles') === 'false') return undefined;
  const holder = list(process.laneSets).length > 0 ? laneOf(process, node.def) : poolOf(process);
  return normaliseName(holder?.name);
}

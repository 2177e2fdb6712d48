import type { ModdleElement } from '../host.js';
import { Namespaces } from './namespaces.js';
import { JBPM } from './uris.js';
import type { ModelWarning } from '../../contract/model-warning.js';

/** The facts about a document that are needed to read one of its elements. */
export interface ModelDocument {
  readonly namespaces: Namespaces;
  /** Written by jBPM or one of its editors. */
  readonly isJbpm: boolean;
  /** Parts that the parser dropped and that may have named people: nothing in the document is open to all. */
  readonly lost: readonly ModelWarning[];
  /** The first of them that may have been a lane or a pool: nobody knows the role of any element. */
  readonly lostLane: ModelWarning | undefined;
}

const DOCUMENT = Symbol('document');

function rootOf(element: ModdleElement): ModdleElement {
  let at = element;
  while (at.$parent !== undefined) at = at.$parent;
  return at;
}

const keep = (root: ModdleElement, document: ModelDocument): ModelDocument => {
  Object.defineProperty(root, DOCUMENT, { value: document, configurable: true });
  return document;
};

function describe(
  root: ModdleElement,
  lost: readonly ModelWarning[],
  lostLane?: ModelWarning,
): ModelDocument {
  const namespaces = new Namespaces(root);
  return { namespaces, isJbpm: namespaces.has(JBPM), lost, lostLane };
}

/** Attaches to a document the parts lost while it was parsed. */
export function recordLost(
  root: ModdleElement,
  lost: readonly ModelWarning[],
  lostLane: ModelWarning | undefined,
): void {
  if (lost.length > 0) keep(root, describe(root, lost, lostLane));
}

/** The document of an element, read once. */
export function documentOf(element: ModdleElement): ModelDocument {
  const root = rootOf(element) as ModdleElement & { [DOCUMENT]?: ModelDocument };
  return root[DOCUMENT] ?? keep(root, describe(root, []));
}

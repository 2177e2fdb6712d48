import { own, valuesAt } from '../path.js';
import type { Resource } from '../resource.js';

type Root = keyof Resource;
const NO_PARTS: Resource = Object.freeze({});
const ROOTS: ReadonlySet<string> = new Set(['item', 'instance', 'model', 'start'] satisfies Root[]);

/** A value that is not a resource has no parts. */
export const partsOf = (resource: Resource): Resource =>
  typeof resource === 'object' && resource !== null ? resource : NO_PARTS;

/** The item, unless it is inherited. */
export function itemOf(resource: Resource): unknown {
  const { item } = resource;
  return item === undefined || Object.hasOwn(resource, 'item') ? item : undefined;
}

/** A dotted path, split once. */
export interface Path {
  readonly root: Root;
  readonly segments: readonly string[];
}

/** @throws TypeError if the path does not begin with a part of a resource */
export function parsePath(path: string): Path {
  const [root, ...segments] = path.split('.') as [string, ...string[]];
  if (!ROOTS.has(root)) throw new TypeError(`Field ${path} does not begin with a part of a resource`);
  return { root: root as Root, segments };
}

/** The part, which may be inherited. A choice among known names is faster than a computed property. */
function partOf(root: Root, item: unknown, resource: Resource): unknown {
  switch (root) {
    case 'item':
      return item;
    case 'instance':
      return resource.instance;
    case 'model':
      return resource.model;
    case 'start':
      return resource.start;
  }
}

/**
 * The value at a path, or a list of all values; undefined if there is none. Fast as long as there is no list on the
 * way. The result may be inherited: before it leads to a yes, {@link isOwn} must be checked. Most tests fail, so this
 * is rarely needed.
 */
export function glance({ root, segments }: Path, item: unknown, resource: Resource): unknown {
  let value = partOf(root, item, resource);
  for (let i = 0; i < segments.length; i++) {
    if (typeof value !== 'object' || value === null) return undefined;
    // A list at the end of the path counts by its entries, as in MongoDB.
    if (Array.isArray(value)) return valuesAt(partOf(root, item, resource), segments).flat();
    value = (value as Record<string, unknown>)[segments[i] as string];
  }
  return value;
}

/** True if nothing on the path is inherited. After a list, only own properties are read anyway. */
export function isOwn({ root, segments }: Path, item: unknown, resource: Resource): boolean {
  if (root !== 'item' && !Object.hasOwn(resource, root)) return false;
  let value = partOf(root, item, resource);
  for (let i = 0; i < segments.length; i++) {
    if (Array.isArray(value)) return true;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segments[i] as string))
      return false;
    value = (value as Record<string, unknown>)[segments[i] as string];
  }
  return true;
}

/** The value at a path, through own properties only. */
export function reach(path: Path, item: unknown, resource: Resource): unknown {
  const found = glance(path, item, resource);
  return found !== undefined && found !== null && isOwn(path, item, resource) ? found : undefined;
}

const ownPart = (root: Root, item: unknown, resource: Resource): unknown =>
  root === 'item' ? item : own(resource, root);

/** A single plain value, reached without passing through a list; otherwise undefined. */
export const plainValue = ({ root, segments }: Path, item: unknown, resource: Resource): unknown =>
  segments.reduce<unknown>(
    (value, segment) => (Array.isArray(value) ? undefined : own(value, segment)),
    ownPart(root, item, resource),
  );

const NONE: readonly unknown[] = Object.freeze([]);

/** The list at a path, through own properties only; empty if there is none. */
export function listAt({ root, segments }: Path, item: unknown, resource: Resource): readonly unknown[] {
  const list = segments.reduce<unknown>(own, ownPart(root, item, resource));
  return Array.isArray(list) ? list : NONE;
}

import { own, valuesAt } from './path.js';
import type { Resource } from './resource.js';

type Root = keyof Resource;
const NO_PARTS: Resource = Object.freeze({});
const ROOTS: ReadonlySet<string> = new Set(['item', 'instance', 'model', 'start'] satisfies Root[]);

/** A resource that is none has no parts. */
export const partsOf = (resource: Resource): Resource =>
  typeof resource === 'object' && resource !== null ? resource : NO_PARTS;

/** The item in question, unless it is inherited. */
export function itemOf(resource: Resource): unknown {
  const { item } = resource;
  return item === undefined || Object.hasOwn(resource, 'item') ? item : undefined;
}

/** A dotted path, taken apart once. */
export interface Path {
  readonly root: Root;
  readonly segments: readonly string[];
}

/** @throws TypeError when the path does not begin with a part of a resource */
export function parsePath(path: string): Path {
  const [root, ...segments] = path.split('.') as [string, ...string[]];
  if (!ROOTS.has(root)) throw new TypeError(`Field ${path} begins with no part of a resource`);
  return { root: root as Root, segments };
}

/** The part, which may be inherited. A choice among known names is quicker than a property named by a variable. */
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
 * What a path reaches: one value, or a list of all; undefined when nothing. Fast while no list is on the way. It may be
 * inherited: who would say yes because of it asks {@link isOwn} first. Most tests fail, and need no second look.
 */
export function glance({ root, segments }: Path, item: unknown, resource: Resource): unknown {
  let value = partOf(root, item, resource);
  for (let i = 0; i < segments.length; i++) {
    if (typeof value !== 'object' || value === null) return undefined;
    // What is a list at the end of the way counts by its entries, as MongoDB has it.
    if (Array.isArray(value)) return valuesAt(partOf(root, item, resource), segments).flat();
    value = (value as Record<string, unknown>)[segments[i] as string];
  }
  return value;
}

/** True when nothing on the way of a path is inherited. Behind a list only own properties are looked at. */
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

/** What a path reaches through own properties. */
export function reach(path: Path, item: unknown, resource: Resource): unknown {
  const found = glance(path, item, resource);
  return found !== undefined && found !== null && isOwn(path, item, resource) ? found : undefined;
}

const ownPart = (root: Root, item: unknown, resource: Resource): unknown =>
  root === 'item' ? item : own(resource, root);

/** One plain value, reached without passing through a list; else undefined. */
export const plainValue = ({ root, segments }: Path, item: unknown, resource: Resource): unknown =>
  segments.reduce<unknown>(
    (value, segment) => (Array.isArray(value) ? undefined : own(value, segment)),
    ownPart(root, item, resource),
  );

const NONE: readonly unknown[] = Object.freeze([]);

/** The list at a path, reached through own properties only; empty when there is none. */
export function listAt({ root, segments }: Path, item: unknown, resource: Resource): readonly unknown[] {
  const list = segments.reduce<unknown>(own, ownPart(root, item, resource));
  return Array.isArray(list) ? list : NONE;
}

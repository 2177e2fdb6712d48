import { own, valuesAt } from './path.js';
import type { SecureUser } from './principal.js';
import type { Resource } from './resource.js';

/** What conditions are asked of: the parts of a resource, read from it once, and who asks. */
export interface Frame {
  readonly item: unknown;
  readonly instance: unknown;
  readonly model: unknown;
  readonly start: unknown;
  readonly principal: SecureUser | undefined;
}

type Root = keyof Resource;
const NO_PARTS: Resource = Object.freeze({});
const ROOTS: ReadonlySet<string> = new Set(['item', 'instance', 'model', 'start'] satisfies Root[]);

/** A part of the resource, its own only. The parts that it lacks, which are most, cost no second look. */
function part(resource: Resource, root: Root): unknown {
  const found: unknown = resource[root];
  return found === undefined || Object.hasOwn(resource, root) ? found : undefined;
}

/** A resource that is none has no parts. */
export function frameOf(resource: Resource, principal?: SecureUser): Frame {
  const from = typeof resource === 'object' && resource !== null ? resource : NO_PARTS;
  return {
    item: part(from, 'item'),
    instance: part(from, 'instance'),
    model: part(from, 'model'),
    start: part(from, 'start'),
    principal,
  };
}

/** The same frame with another item. */
export const withItem = ({ instance, model, start, principal }: Frame, item: unknown): Frame => ({
  item,
  instance,
  model,
  start,
  principal,
});

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

/** The part of the frame; a choice among known names is quicker than a property whose name is in a variable. */
function partOf(frame: Frame, root: Root): unknown {
  switch (root) {
    case 'item':
      return frame.item;
    case 'instance':
      return frame.instance;
    case 'model':
      return frame.model;
    case 'start':
      return frame.start;
  }
}

/** What a path reaches: one value, or a list of all; undefined when nothing. Fast while no list is on the way. */
export function reach(frame: Frame, { root, segments }: Path): unknown {
  let value = partOf(frame, root);
  for (let i = 0; i < segments.length; i++) {
    // What is a list at the end of the way counts by its entries, as MongoDB has it.
    if (Array.isArray(value)) return valuesAt(partOf(frame, root), segments).flat();
    if (typeof value !== 'object' || value === null) return undefined;
    const segment = segments[i] as string;
    const found = (value as Record<string, unknown>)[segment];
    // Most fields of an item are not set: what is not there at all needs no second look.
    if (found === undefined || found === null || !Object.hasOwn(value, segment)) return undefined;
    value = found;
  }
  return value;
}

/** One plain value, reached without passing through a list; else undefined. */
export const plainValue = (frame: Frame, { root, segments }: Path): unknown =>
  segments.reduce<unknown>(
    (value, segment) => (Array.isArray(value) ? undefined : own(value, segment)),
    frame[root],
  );

const NONE: readonly unknown[] = Object.freeze([]);

/** The list at a path, reached through own properties only; empty when there is none. */
export function listAt(frame: Frame, { root, segments }: Path): readonly unknown[] {
  const list = segments.reduce<unknown>(own, frame[root]);
  return Array.isArray(list) ? list : NONE;
}

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
  return { item: part(from, 'item'), instance: part(from, 'instance'), model: part(from, 'model'), start: part(from, 'start'), principal };
}

/** The same frame with another item. */
export const withItem = ({ instance, model, start, principal }: Frame, item: unknown): Frame => ({ item, instance, model, start, principal });

/** @throws TypeError when the path does not begin with a part of a resource */
function split(path: string): [root: Root, ...segments: string[]] {
  const [root, ...segments] = path.split('.') as [string, ...string[]];
  if (!ROOTS.has(root)) throw new TypeError(`Field ${path} begins with no part of a resource`);
  return [root as Root, ...segments];
}

/** Tests a value against an operand. */
export type Test<Operand> = (value: unknown, operand: Operand) => boolean;

/** Tests what is at a path against an operand. */
export type Reach<Operand> = (frame: Frame, operand: Operand) => boolean;

/** Applies a test to what a path reaches, to each entry of a list; fast while no list is on the way. */
export function at<Operand = undefined>(path: string, test: Test<Operand>): Reach<Operand> {
  const [root, ...segments] = split(path);
  const leaf = (value: unknown, operand: Operand): boolean => (Array.isArray(value) ? value.some((entry) => test(entry, operand)) : test(value, operand));
  return (frame, operand) => {
    let value: unknown = frame[root];
    for (let i = 0; i < segments.length; i++) {
      if (Array.isArray(value)) return valuesAt(frame[root], segments).some((found) => leaf(found, operand));
      value = own(value, segments[i] as string);
    }
    return Array.isArray(value) ? leaf(value, operand) : test(value, operand);
  };
}

/** One plain value, reached without passing through a list; else undefined. */
export function plainValue(path: string): (frame: Frame) => unknown {
  const [root, ...segments] = split(path);
  return (frame) => segments.reduce<unknown>((value, segment) => (Array.isArray(value) ? undefined : own(value, segment)), frame[root]);
}

/** The list at a path, reached through objects only; else undefined. */
export function listAt(path: string): (frame: Frame) => readonly unknown[] | undefined {
  const [root, ...segments] = split(path);
  return (frame) => {
    const list = segments.reduce<unknown>(own, frame[root]);
    return Array.isArray(list) ? list : undefined;
  };
}

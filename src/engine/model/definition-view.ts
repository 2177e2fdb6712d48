import { inspect } from 'node:util';
import type { DefinitionView } from '../contract/definition-types.js';
import { bpmn, type HostDefinition } from './host.js';

type Members = Record<string, unknown>;

/** Members that lead from a definition to the server, or to state that the parser shares between documents. */
const HIDDEN: ReadonlySet<string> = new Set([
  'constructor',
  'server',
  'logger',
  'moddle',
  'listener',
  '$model',
  '$descriptor',
]);

/** Methods that only read. All others act on an execution or change the definition. */
const QUESTIONS: ReadonlySet<string> = new Set([
  'describe',
  'get',
  '$instanceOf',
  'getBehaviour',
  'getEventSubProcessStart',
  'getFields',
  'getJson',
  'getNodeById',
  'getStartNode',
  'getStartNodes',
  'hasBehaviour',
  'isInput',
  'isOutput',
  'isSequential',
  'isStandard',
]);

const CLASSES = [bpmn.Element, bpmn.Process, bpmn.Behaviour] as unknown as readonly (new () => object)[];

/** Whether it is part of a definition or plain data. Anything else could lead anywhere and is omitted. */
function isPart(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    typeof (value as Members).$type === 'string' ||
    typeof (value as Members).isInput === 'function' ||
    CLASSES.some((one) => value instanceof one)
  );
}

const refuseChange = (): never => {
  throw new TypeError('This definition is read-only.');
};

/**
 * A Map that is read-only even to the methods of `Map.prototype`, because it has no entries of its own.
 * @param entries kept, so the caller must not change them
 */
function readOnlyMap(entries: ReadonlyMap<unknown, unknown>): object {
  const members = {
    get: (key: unknown) => entries.get(key),
    has: (key: unknown) => entries.has(key),
    keys: () => entries.keys(),
    values: () => entries.values(),
    entries: () => entries.entries(),
    forEach: (visit: (value: unknown, key: unknown, map: unknown) => void, self?: unknown): void =>
      entries.forEach((value, key) => Reflect.apply(visit, self, [value, key, map])),
    set: refuseChange,
    delete: refuseChange,
    clear: refuseChange,
    [Symbol.iterator]: () => entries.entries(),
    [inspect.custom]: () => new Map(entries),
  };
  const map = Object.create(Map.prototype) as object;
  for (const key of Reflect.ownKeys(members))
    Object.defineProperty(map, key, { value: Object.freeze(members[key as keyof typeof members]) });
  return Object.freeze(Object.defineProperty(map, 'size', { value: entries.size }));
}

/** Wraps the objects of one definition; the same object always gets the same wrapper. */
class Showing {
  private readonly shown = new WeakMap<object, unknown>();

  of(value: unknown): unknown {
    if (typeof value === 'function') return undefined;
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Date) return new Date(value);
    const known = this.shown.get(value);
    if (known !== undefined) return known;
    const made = this.make(value);
    this.shown.set(value, made);
    return made;
  }

  /** The result of a read method; lists are copies. */
  answer(value: unknown): unknown {
    return Array.isArray(value) ? value.map((entry) => this.of(entry)) : this.of(value);
  }

  private make(value: object): unknown {
    if (Array.isArray(value)) return Object.freeze(this.answer(value));
    if (value instanceof Map)
      return readOnlyMap(
        new Map([...(value as Map<unknown, unknown>)].map(([key, entry]) => [key, this.of(entry)])),
      );
    return isPart(value) ? this.object(value) : undefined;
  }

  /** Members are resolved on access, because elements refer to each other in cycles. */
  object(target: object, view: Members = {}): Readonly<Members> {
    for (let at = target; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
      for (const [key, { value, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (Object.hasOwn(view, key) || HIDDEN.has(key)) continue;
        const member = (): unknown => (target as Members)[key];
        if (typeof value !== 'function')
          Object.defineProperty(view, key, { enumerable: enumerable === true, get: () => this.of(member()) });
        else if (QUESTIONS.has(key))
          Object.defineProperty(view, key, {
            value: Object.freeze((...args: unknown[]) =>
              this.answer(Reflect.apply(member() as () => unknown, target, args)),
            ),
          });
      }
    return Object.freeze(view);
  }
}

const FORM = 'camunda:formData';

/**
 * A loaded definition for outside code, in bpmn-server's shape and read-only. The caller must have checked that the
 * principal may read the model.
 */
export function definitionView(definition: HostDefinition): DefinitionView {
  const showing = new Showing();
  const fieldsOf = (elementId: string): unknown =>
    showing.of(definition.nodes.get(elementId)?.behaviours.get(FORM)?.fields);
  const view = {
    load: () => Promise.resolve(view),
    toJSON: () => JSON.parse(definition.getJson()) as Members,
    getFields: (elementId: string) => Promise.resolve(fieldsOf(elementId) ?? null),
    getNodeInfo(elementId: string) {
      const node = definition.nodes.get(elementId);
      return { node: showing.of(node), fields: fieldsOf(elementId), formKey: node?.def.formKey };
    },
  } as unknown as DefinitionView;
  for (const member of Object.values(view)) Object.freeze(member);
  return showing.object(definition, view as unknown as Members) as unknown as DefinitionView;
}

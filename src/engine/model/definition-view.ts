import type { DefinitionView } from '../contract/definition-types.js';
import { bpmn, type HostDefinition } from './host.js';

type Members = Record<string, unknown>;

/** Ways from a definition to the server, and to what the parser shares between all documents. */
const HIDDEN: ReadonlySet<string> = new Set([
  'constructor',
  'server',
  'logger',
  'moddle',
  'listener',
  '$model',
  '$descriptor',
]);

/** Methods that only answer. All others act on an execution, or change the definition. */
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

/** Parts of a definition and plain data. What is neither could lead anywhere and is left out. */
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
  throw new TypeError('A definition that was handed out cannot be changed.');
};

/** Shows the objects of one definition; the same object is shown as the same object. */
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

  /** What a question is answered: lists are the asker's own. */
  answer(value: unknown): unknown {
    return Array.isArray(value) ? value.map((entry) => this.of(entry)) : this.of(value);
  }

  private make(value: object): unknown {
    if (Array.isArray(value)) return Object.freeze(this.answer(value));
    if (value instanceof Map) {
      const entries = [...(value as Map<unknown, unknown>)].map(
        ([key, entry]) => [key, this.of(entry)] as const,
      );
      return Object.freeze(
        Object.assign(new Map(entries), { set: refuseChange, delete: refuseChange, clear: refuseChange }),
      );
    }
    return isPart(value) ? this.object(value) : undefined;
  }

  /** Each member is looked up when it is asked for: elements lead to each other in circles, and far. */
  object(target: object, view: Members = {}): Readonly<Members> {
    for (let at = target; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object)
      for (const [key, { value, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (Object.hasOwn(view, key) || HIDDEN.has(key)) continue;
        const member = (): unknown => (target as Members)[key];
        if (typeof value !== 'function')
          Object.defineProperty(view, key, { enumerable: enumerable === true, get: () => this.of(member()) });
        else if (QUESTIONS.has(key))
          Object.defineProperty(view, key, {
            value: (...args: unknown[]) =>
              this.answer(Reflect.apply(member() as () => unknown, target, args)),
          });
      }
    return Object.freeze(view);
  }
}

const FORM = 'camunda:formData';

/**
 * What code outside gets of a loaded definition, in bpmn-server's shape: to be looked at, not to be run.
 * Whoever gets it must have been found to be allowed to read the model.
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
  return showing.object(definition, view as unknown as Members) as unknown as DefinitionView;
}

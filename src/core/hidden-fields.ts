import { bind } from './bind.js';
import { and, isEverything, type Condition } from './condition.js';
import { compile, type Predicate } from './evaluate.js';
import { namesOfPath, overlap, type FieldRule } from './field-rule.js';
import { isPlainObject } from './value.js';
import type { SecureUser } from './principal.js';
import type { InstanceRecord } from './resource.js';

/** A field that may be hidden from one principal. */
interface Hideable {
  readonly field: string;
  readonly names: readonly string[];
  readonly unless: Condition;
  readonly shows: Predicate;
}

type Path = readonly string[];

/** Removes what is at the paths, also within lists. Where nothing is removed, the same object is returned. */
function without(value: unknown, at: Path, hidden: readonly Path[]): unknown {
  const below = hidden.filter((path) => overlap(at, path));
  if (below.length === 0) return value;
  if (Array.isArray(value)) return value.map((entry) => without(entry, at, below));
  if (!isPlainObject(value)) return value;
  const kept: [string, unknown][] = [];
  for (const [key, entry] of Object.entries(value)) {
    // A key may itself have dots; one that is a position, as of a loop, is no name in a path.
    const path = [...at, ...namesOfPath(key)];
    if (below.some((names) => names.length <= path.length && overlap(names, path))) continue;
    kept.push([key, without(entry, path, below)]);
  }
  return Object.fromEntries(kept);
}

/** The fields of instances' data that are hidden from one principal, at least in some instances. */
export class HiddenFields {
  private readonly cuts = new WeakMap<object, unknown>();

  private constructor(private readonly fields: readonly Hideable[]) {}

  /** Undefined if every field is shown to the principal everywhere. */
  static of(rules: readonly FieldRule[], principal: SecureUser): HiddenFields | undefined {
    const fields = rules
      .map(({ field, unless }) => ({ field, unless: bind(unless, principal) }))
      .filter(({ unless }) => !isEverything(unless))
      .map(({ field, unless }): Hideable => ({
        field,
        names: namesOfPath(field),
        unless,
        shows: compile(unless),
      }));
    return fields.length === 0 ? undefined : new HiddenFields(fields);
  }

  /** The condition under which a field of instances is shown; undefined: it always is. */
  shows(field: string): Condition | undefined {
    const names = namesOfPath(field);
    const mine = this.fields.filter((one) => overlap(one.names, names));
    return mine.length === 0 ? undefined : and(...mine.map(({ unless }) => unless));
  }

  private in(instance: InstanceRecord): readonly Path[] {
    return this.fields.filter(({ shows }) => !shows({ instance })).map(({ names }) => names);
  }

  /** The first of these paths below the data that is hidden in the instance, or has a hidden part. */
  hiddenIn(instance: InstanceRecord, paths: readonly string[]): string | undefined {
    const hidden = this.in(instance);
    return hidden.length === 0
      ? undefined
      : paths.find((path) => hidden.some((names) => overlap(names, namesOfPath(`data.${path}`))));
  }

  /** The instance without what is hidden in its data; the same object if nothing is. */
  cut<T extends InstanceRecord>(instance: T): T {
    const { data } = instance;
    if (typeof data !== 'object' || data === null) return instance;
    if (!this.cuts.has(data)) this.cuts.set(data, this.cutValue(instance, data));
    const shown = this.cuts.get(data);
    return shown === data ? instance : { ...instance, data: shown };
  }

  /** Another value with the data's fields, such as an item's output, without what is hidden in the instance's data. */
  cutValue(instance: InstanceRecord, value: unknown): unknown {
    const hidden = this.in(instance);
    return hidden.length === 0 ? value : without(value, ['data'], hidden);
  }
}

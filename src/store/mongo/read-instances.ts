import { decode } from '../bson/codec.js';
import { isDocument } from '../bson/kind.js';
import type { Filter, StoredInstance } from '../port.js';
import { atRevision, revisionOf } from '../query/stored.js';
import { changesOf, type Changes } from './changes.js';

type Fields = Readonly<Record<string, unknown>>;

/** An update of what differs, and what must still be stored for it. */
export interface Update extends Omit<Changes, 'where'> {
  readonly where: Filter;
  /** Call it once the update has been made. */
  readonly made: () => void;
}

/** What was read, and the fields that its reader has written since. */
interface Read {
  readonly bytes: Uint8Array;
  readonly written?: Fields;
}

const formatOf = (fields: Fields): unknown => (isDocument(fields.guard) ? fields.guard.format : undefined);

/** Instances as they were read, as long as their readers keep them, so that an update sends only what differs. */
export class ReadInstances {
  private readonly read = new WeakMap<object, Read>();

  /** Decodes a document and remembers its bytes. */
  made(bytes: Uint8Array): StoredInstance {
    const document = decode<StoredInstance>(bytes);
    this.read.set(document, { bytes });
    return document;
  }

  /**
   * The update that sets fields of an instance. It is relative to what was read, if that has the revision that is
   * replaced. Three writers leave the revision as it is. A host without a guard changes only its own fields; it counts
   * on in `version`, but not at its first save, so the lists and entries that change must be those that were read, too.
   * Marks are derived anew beside running commands: so `guard` is sent whole. Reindexing also derives items, of
   * documents with marks of another format. A second update of the same reader is relative to the first.
   * @param after the fields, as they would be read back
   * @param read what `made` returned, perhaps changed since
   */
  update(rev: number | undefined, after: Fields, read: StoredInstance | undefined): Update {
    const known = read && this.read.get(read);
    const made = (): void => {
      if (known !== undefined)
        this.read.set(read as object, { ...known, written: { ...known.written, ...after } });
    };
    // Others may have written what the reader does not know.
    const forget = (): void => void (read && this.read.delete(read));
    const whole: Update = { where: atRevision(rev), set: { ...after }, unset: {}, made: forget };
    if (known === undefined || after.guard === undefined) return whole;
    const before: Fields & Pick<StoredInstance, 'guard' | 'version'> = {
      ...decode<StoredInstance>(known.bytes),
      ...known.written,
    };
    const { guard, ...others } = after;
    const { version } = before;
    if (revisionOf(before) !== rev || (version !== undefined && typeof version !== 'number')) return whole;
    const where = { ...whole.where, version: version ?? { $exists: false } };
    if (formatOf(before) !== formatOf(after)) return { ...whole, where, made };
    const { set, unset, where: entries } = changesOf(before, others);
    return { where: { ...where, ...entries }, set: { ...set, guard }, unset, made };
  }
}

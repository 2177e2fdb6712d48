import { decode } from '../bson/codec.js';
import { isDocument } from '../bson/kind.js';
import type { Filter, StoredInstance } from '../port.js';
import { revisionOf } from '../query/stored.js';
import { changesOf, type Changes } from './changes.js';
import { atRevision } from './query.js';

type Fields = Readonly<Record<string, unknown>>;

/** An update of what differs, and what must still be stored for it. */
export interface Update extends Omit<Changes, 'where'> {
  readonly where: Filter;
}

const formatOf = (fields: Fields): unknown => (isDocument(fields.guard) ? fields.guard.format : undefined);

/** Instances as they were read, as long as their readers keep them, so that an update sends only what differs. */
export class ReadInstances {
  private readonly bytes = new WeakMap<object, Uint8Array>();

  /** Decodes a document and remembers its bytes. */
  made(bytes: Uint8Array): StoredInstance {
    const document = decode<StoredInstance>(bytes);
    this.bytes.set(document, bytes);
    return document;
  }

  /**
   * The update that sets fields of an instance. It is relative to what was read, if that has the revision that is
   * replaced. Three writers leave the revision as it is. A host without a guard changes only its own fields; it counts
   * on in `version`, but not at its first save, so the lists and entries that change must be those that were read, too.
   * Marks are derived anew beside running commands: so `guard` is sent whole. Reindexing also derives items, of
   * documents with marks of another format.
   * @param after the fields, as they would be read back
   * @param read what `made` returned, perhaps changed since
   */
  update(rev: number | undefined, after: Fields, read: StoredInstance | undefined): Update {
    const whole: Update = { where: atRevision(rev), set: { ...after }, unset: {} };
    const bytes = read && this.bytes.get(read);
    const { guard, ...others } = after;
    if (bytes === undefined || guard === undefined) return whole;
    const before = decode<StoredInstance>(bytes);
    const { version } = before;
    if (revisionOf(before) !== rev || (version !== undefined && typeof version !== 'number')) return whole;
    const where = { ...whole.where, version: version ?? { $exists: false } };
    if (formatOf(before) !== formatOf(after)) return { ...whole, where };
    const { set, unset, where: entries } = changesOf(before, others);
    return { where: { ...where, ...entries }, set: { ...set, guard }, unset };
  }
}

import { BadInput } from '../../core/errors.js';
import { show } from '../../core/value.js';
import { decode, decodeExactly, encode, sizeOf } from '../bson/codec.js';
import type { Contents, Entry, Fields } from '../contents/contents.js';
import { nameOf } from '../contents/name-of.js';
import type { Part } from '../contents/parts.js';
import type { StoredInstance } from '../documents.js';
import { LARGE_FIELDS, withoutLarge } from '../query/large-fields.js';
import type { Change, OrderedBytes, Space } from './bytes.js';
import { FolderBytes } from './folder-bytes.js';
import { documentOf, FORMS, storedOf, withoutPlace } from './forms.js';
import {
  bitsOf,
  encodedIn,
  large,
  NOTHING_BESIDE,
  removed,
  replaced,
  storedIn,
  withoutBeside,
  type Stored,
} from './instance-bytes.js';
import { readLarge } from './large-values.js';

const spaceOf = (part: Part): Space => (part === 'instances' ? 'instance' : FORMS[part].space);
const holds = (part: Part, key: string): boolean =>
  part === 'instances' || (FORMS[part].holds?.(key) ?? true);

const keyOf = (part: Part, document: Fields): string =>
  part === 'instances' ? (document.id as string) : FORMS[part].keyOf(document);

/** @throws BadInput `bad-data` for a document that a folder has no place for */
function assertPlace(part: Part, document: Fields): void {
  const field = withoutPlace(part, document);
  if (field !== undefined)
    throw new BadInput(
      'bad-data',
      `${part}: ${nameOf(part, document)} cannot be kept in a folder: its ${field} is ${show(document[field])}.`,
    );
}

/** The changes that store an instance in the place of another one or none. */
function instanceChanges(before: Stored | undefined, document: Fields): Change[] {
  const encoded = encode(withoutLarge(document));
  const beside = { fields: bitsOf(document), log: NOTHING_BESIDE.log };
  const { changes } = replaced(before, decode<StoredInstance>(encoded), encoded, beside);
  const fresh = large((document as { id: string }).id, document);
  const kept = new Set(fresh.map(({ key }) => key));
  const old = before === undefined ? [] : withoutBeside(before);
  return [...old.filter(({ key }) => !kept.has(key)), ...changes, ...fresh];
}

/** A folder as its documents. Others cannot have it open at the same time. */
export class EmbeddedContents implements Contents {
  constructor(private readonly bytes: OrderedBytes & Partial<Pick<FolderBytes, 'assertUnchanged'>>) {}

  /** @throws GuardError as `openStore` */
  static async open(folder: string): Promise<EmbeddedContents> {
    return new EmbeddedContents(await FolderBytes.open(folder));
  }

  async assertUnchanged(): Promise<void> {
    await this.bytes.assertUnchanged?.();
  }

  async *read(part: Part, skip = 0): AsyncGenerator<Entry> {
    let at = 0;
    for await (const [key, bytes] of this.bytes.scan(spaceOf(part)))
      if (holds(part, key) && at++ >= skip) yield await this.entry(part, key, bytes);
  }

  async count(part: Part): Promise<number> {
    let count = 0;
    for await (const [key] of this.bytes.scan(spaceOf(part))) if (holds(part, key)) count++;
    return count;
  }

  async find(part: Part, documents: readonly Fields[]): Promise<(Fields | undefined)[]> {
    const placed = documents.filter((document) => withoutPlace(part, document) === undefined);
    const keys = placed.map((document) => keyOf(part, document));
    const found = new Map<Fields, Fields>();
    for (const [at, bytes] of (await this.bytes.read(spaceOf(part), keys)).entries()) {
      if (bytes === undefined) continue;
      const { document } = await this.entry(part, keys[at] as string, bytes);
      found.set(placed[at] as Fields, document);
    }
    return documents.map((document) => found.get(document));
  }

  async write(part: Part, documents: readonly Fields[]): Promise<void> {
    for (const document of documents) assertPlace(part, document);
    if (part !== 'instances') {
      const { space } = FORMS[part];
      await this.bytes.write(documents.map((document) => ({ space, ...storedOf(part, document) })));
      return;
    }
    // Of documents with the same id the last one counts.
    const last = new Map(documents.map((document) => [keyOf(part, document), document]));
    const before = await this.stored([...last.keys()]);
    await this.bytes.write(
      [...last.values()].flatMap((document, at) => instanceChanges(before[at], document)),
    );
  }

  async remove(part: Part, documents: readonly Fields[]): Promise<void> {
    const keys = [...new Set(documents.map((document) => keyOf(part, document)))];
    const changes =
      part === 'instances'
        ? (await this.stored(keys)).flatMap((one) => (one === undefined ? [] : removed(one)))
        : keys.map((key): Change => ({ space: spaceOf(part), key }));
    await this.bytes.write(changes);
  }

  private async stored(ids: readonly string[]): Promise<(Stored | undefined)[]> {
    const found = await this.bytes.read('instance', ids);
    return found.map((bytes) => bytes && storedIn(bytes));
  }

  usedBy(): Promise<string[]> {
    return Promise.resolve([]);
  }

  install(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.bytes.close();
  }

  private async entry(part: Part, key: string, bytes: Uint8Array): Promise<Entry> {
    if (part !== 'instances') return { document: documentOf(part, key, bytes), size: bytes.length };
    const fields = await readLarge(this.bytes, storedIn(bytes), LARGE_FIELDS, decodeExactly);
    const size = bytes.length + sizeOf(fields);
    return { document: { ...decodeExactly<Fields>(encodedIn(bytes)), ...fields }, size };
  }
}

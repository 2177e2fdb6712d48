import type { Filter, StoredInstance } from '../../src/store/port.js';

/** Where mongo-java-server is not MongoDB: by document and by filter, both of which must fit. */
interface Deviation {
  readonly what: string;
  readonly documents: RegExp;
  readonly filters: RegExp;
}

/** Documents on which some of its operators throw, so that no filter could be tried with them there. */
const NOT_STORED = /^items-(holes|nested)$/;

export const DEVIATIONS: readonly Deviation[] = [
  {
    what: 'a list inside a list is looked into, and is no value',
    documents: /nested|documentsWithLists|listOfNoList|guard-2|\[\[/,
    filters: /./,
  },
  { what: 'NaN is in ranges of numbers', documents: /-nan\b|-dates\b|-twins\b/, filters: /\$[gl]te?"/ },
  { what: 'texts are ordered by UTF-16 unit', documents: /-emoji\b|-high\b/, filters: /\$[gl]te?"/ },
  {
    what: 'a pattern meets the text that a value is shown as',
    documents: /-(true|false|places|named|prototype|documents|inOrder|reversed|document)\b/,
    filters: /\/li\.e\/|\$regex/,
  },
  {
    what: '$exists: false and $not are asked of each entry of a list, and of none below an empty one',
    documents: /^top-|^items-|^value-(noList|documents)/,
    filters: /\$exists":false|\$not"/,
  },
  { what: '$type is unknown in $expr', documents: /^/, filters: /\$expr.*\$type/ },
];

export const storable = (documents: readonly StoredInstance[]): StoredInstance[] =>
  documents.filter(({ id }) => !NOT_STORED.test(id));

export const deviates = (filter: string, row: string): boolean =>
  DEVIATIONS.some(({ documents, filters }) => documents.test(row) && filters.test(filter));

/** What it sorts: with NaN, lists and mixed types in the way its order contradicts itself. */
export const sortable = (field: string): Filter => ({
  [field]: {
    $in: ['', 'a.b', 'alice', 'bob', 0, 1, 1.5, 2 ** 40, true, false, new Date(0), new Date(86_400_000)],
  },
});

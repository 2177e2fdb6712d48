import type { StoredFields } from '../../store/port.js';
import { dataAt, pathOfItem } from '../model/data-path.js';
import type { Call } from './call.js';

/** The fields of an item that a principal sees beyond those that every reader sees. */
export interface Visibility {
  /** Process data: for readers of the instance. */
  readonly data: boolean;
  /** All assignees; otherwise only the principal's own. */
  readonly assignees: boolean;
  readonly userName: string;
  /** The keys of loops, which are elements of their collections. */
  showsKeys(): boolean;
  /** The part of the data at the item of a token. */
  partOf(tokenId: unknown): unknown;
  /** Removes the fields of the data that are hidden from the principal from a value that may repeat them. */
  cut(value: unknown): unknown;
}

/** What a call shows of the data of an instance's items. */
export function dataVisibility(
  call: Call,
  instance: StoredFields,
): Pick<Visibility, 'showsKeys' | 'partOf' | 'cut'> {
  const hidden = call.hiddenFields;
  return {
    showsKeys: () => hidden?.hidesIn(instance) !== true,
    partOf: (tokenId) => {
      const path = pathOfItem(instance, tokenId);
      const read = (data: unknown): unknown => dataAt(data, path);
      return hidden === undefined ? read(instance.data) : hidden.part(instance, path, read);
    },
    cut: (value) => hidden?.cutValue(instance, value) ?? value,
  };
}

import { own } from '../path.js';
import { isPlainObject } from '../value.js';

/** The names of a path in the data, split as the engine does. */
const namesOf = (path: string): string[] => path.split('.').filter((name) => name !== '');

/**
 * The parts of the data that belong to loops, as paths. Each has one entry for each element of the loop's collection,
 * and the element is its key.
 */
function loopPaths(tokens: unknown): string[][] {
  const all = Array.isArray(tokens) ? (tokens as unknown[]) : [];
  const paths = new Map(all.map((token) => [own(token, 'id'), own(token, 'dataPath')]));
  const found = new Set<string>();
  for (const token of all) {
    const [node, key] = [own(token, 'startNodeId'), own(token, 'itemsKey')];
    if (typeof node !== 'string' || key === undefined || key === null) continue;
    const above = paths.get(own(token, 'parentToken'));
    found.add(typeof above === 'string' && above !== '' ? `${above}.${node}` : node);
  }
  return [...found].map(namesOf);
}

function without(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined || !isPlainObject(value) || !Object.hasOwn(value, name)) return value;
  if (rest.length > 0) {
    const inner = without(value[name], rest);
    return inner === value[name] ? value : { ...value, [name]: inner };
  }
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

/**
 * Data without the parts of loops within it. Where there are none, the same object is returned.
 * @param path where the data is in that of its instance
 */
export function withoutLoops(data: unknown, tokens: unknown, path = ''): unknown {
  const at = namesOf(path);
  return loopPaths(tokens)
    .filter((names) => names.length > at.length && at.every((name, place) => name === names[place]))
    .reduce((value, names) => without(value, names.slice(at.length)), data);
}

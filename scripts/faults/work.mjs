import { createCipheriv } from 'node:crypto';

const KINDS = ['one', 'two', 'slot'];
const NUMBER = 8;

/** Bytes that only this kind of value of this operation has, of a size between 200 bytes and 8 kB. */
function contentOf(kind, operation) {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(operation, 0);
  key.writeUInt8(KINDS.indexOf(kind), 4);
  const size = kind === 'slot' ? 200 : 200 + ((operation * 7919) % 7800);
  const content = Buffer.alloc(NUMBER + size);
  createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size)).copy(content, NUMBER);
  content.writeDoubleBE(operation, 0);
  return content;
}

const numbered = (operation) => String(operation).padStart(9, '0');

/** An operation writes two values of its own and overwrites that of its worker, all or none of them. */
export const entriesOf = (operation, workers) => [
  [`one/${numbered(operation)}`, contentOf('one', operation)],
  [`two/${numbered(operation)}`, contentOf('two', operation)],
  [`slot/${operation % workers}`, contentOf('slot', operation)],
];

/** Reads everything, and tells which operations are stored, which in part, and which keys hold something else. */
export async function readAll(port) {
  const found = { one: new Set(), two: new Set(), slots: {}, wrong: [] };
  for await (const [key, value] of port.iterate()) {
    const [kind, rest] = String(key).split('/');
    const bytes = Buffer.from(value);
    const operation = bytes.length < NUMBER ? -1 : bytes.readDoubleBE(0);
    const isWhole = KINDS.includes(kind) && operation >= 0 && contentOf(kind, operation).equals(bytes);
    if (!isWhole || (kind !== 'slot' && Number(rest) !== operation)) found.wrong.push(String(key));
    else if (kind === 'slot') found.slots[rest] = operation;
    else found[kind].add(operation);
  }
  const half = [...found.one].filter((operation) => !found.two.has(operation));
  half.push(...[...found.two].filter((operation) => !found.one.has(operation)));
  return {
    stored: [...found.one].filter((operation) => found.two.has(operation)),
    half,
    slots: found.slots,
    wrong: found.wrong,
  };
}

/**
 * Numbers in JavaScript's own type and in those of a database, compared by their exact value as in MongoDB: a double
 * can hold neither each integer of 64 bits nor 0.1.
 */
const BOXED: ReadonlySet<unknown> = new Set(['Long', 'Decimal128', 'Int32', 'Double']);

/** The name of a database's own type. It is recognised by the prototype, never by own properties. */
export function databaseType(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const { _bsontype } = value as { _bsontype?: unknown };
  return _bsontype === undefined || Object.hasOwn(value, '_bsontype') ? undefined : _bsontype;
}

const isBoxed = (value: unknown): boolean => BOXED.has(databaseType(value));

/** True for a number of a type that is stored, NaN included. */
export const isNumber = (value: unknown): boolean => typeof value === 'number' || isBoxed(value);

/** The nearest double. */
const nearest = (value: unknown): number => (typeof value === 'number' ? value : Number(String(value)));

/** True for NaN of any type. */
export const isNotANumber = (value: unknown): boolean => isNumber(value) && Number.isNaN(nearest(value));

/** A finite number: 0.digits × 10^magnitude, without zeros at either end of the digits. */
interface Decimal {
  readonly isNegative: boolean;
  readonly digits: string;
  readonly magnitude: number;
}

const NUMERAL = /^(-?)(\d+)\.?(\d*)(?:e([+-]?\d+))?$/i;

function parsed(numeral: string): Decimal | undefined {
  const [, minus, whole = '', fraction = '', exponent = '0'] = NUMERAL.exec(numeral) ?? [];
  if (whole === '') return undefined;
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  const magnitude = whole.length + Number(exponent) - (all.length - digits.length);
  return { isNegative: minus === '-', digits: digits.replace(/0+$/, ''), magnitude };
}

/** All digits of a finite double: an integer by a power of two is one by a power of ten. */
function numeralOf(double: number): string {
  let [whole, halvings] = [double, 0];
  for (; !Number.isInteger(whole); whole *= 2) halvings++;
  return `${BigInt(whole) * 5n ** BigInt(halvings)}e-${halvings}`;
}

/** Undefined for infinity. */
function exactly(value: unknown): Decimal | undefined {
  if (typeof value !== 'number') return parsed(String(value));
  return Number.isFinite(value) ? parsed(numeralOf(value)) : undefined;
}

/** The order of two numbers whose nearest doubles are the same, not NaN. */
function compareExactly(left: unknown, right: unknown): number {
  const [a, b, sign] = [exactly(left), exactly(right), nearest(left) < 0 ? -1 : 1];
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? sign : -sign;
  if (a.digits === '' || b.digits === '')
    return a.digits === b.digits ? 0 : a.digits === '' ? (b.isNegative ? 1 : -1) : a.isNegative ? -1 : 1;
  if (a.isNegative !== b.isNegative) return a.isNegative ? -1 : 1;
  const larger = a.isNegative ? -1 : 1;
  if (a.magnitude !== b.magnitude) return a.magnitude > b.magnitude ? larger : -larger;
  return a.digits === b.digits ? 0 : a.digits > b.digits ? larger : -larger;
}

/** Order of two numbers of any type, by their value; NaN equals itself and is below all others. */
export function compareNumbers(left: unknown, right: unknown): number {
  const [a, b] = [nearest(left), nearest(right)];
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  if (Number.isNaN(b)) return 1;
  if (a !== b) return a < b ? -1 : 1;
  return typeof left === 'number' && typeof right === 'number' ? 0 : compareExactly(left, right);
}

/**
 * Converts a database's own number type to a number, if that is exact; returns anything else unchanged. What is not
 * exact equals no number.
 */
export function plain(value: unknown): unknown {
  if (!isBoxed(value)) return value;
  const number = nearest(value);
  return compareNumbers(value, number) === 0 ? number : value;
}

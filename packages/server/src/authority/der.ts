/** The parts of ASN.1's distinguished encoding (X.690) that certificates are made of. Each gives a whole element. */

function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = base256(length);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

function base256(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

export const sequence = (...items: readonly Buffer[]): Buffer => element(0x30, ...items);
export const set = (...items: readonly Buffer[]): Buffer => element(0x31, ...items);
export const octets = (bytes: Buffer): Buffer => element(0x04, bytes);
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text, 'utf8'));
export const boolean = (value: boolean): Buffer => element(0x01, Buffer.from([value ? 0xff : 0]));

/** A number that is not negative, from its bytes. */
export function integer(bytes: Buffer): Buffer {
  let first = 0;
  while (first < bytes.length - 1 && bytes[first] === 0) first++;
  const short = bytes.subarray(first);
  // The highest bit would be a sign.
  const sign = (short[0] ?? 0) >= 0x80 || short.length === 0 ? [0] : [];
  return element(0x02, Buffer.from(sign), short);
}

/** `1.2.840.10045.4.3.2`. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [40 * first + second, ...rest].flatMap(number => {
    const digits = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift(0x80 | (left % 128));
    return digits;
  });
  return element(0x06, Buffer.from(bytes));
}

/** Whole bytes as a bit string. */
export const bits = (bytes: Buffer): Buffer => element(0x03, Buffer.from([0]), bytes);

/** A list of flags as a bit string: `true` at n sets bit n; the last is the last that is set. */
export function flags(wanted: readonly number[]): Buffer {
  const last = Math.max(...wanted);
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const bit of wanted) {
    const at = Math.floor(bit / 8);
    bytes[at] = (bytes[at] ?? 0) | (0x80 >> (bit % 8));
  }
  return element(0x03, Buffer.from([7 - (last % 8)]), bytes);
}

/** `[number]` around whole elements. */
export const explicit = (number: number, ...items: readonly Buffer[]): Buffer =>
  element(0xa0 | number, ...items);
/** `[number]` in place of the element's own tag. */
export const implicit = (number: number, content: Buffer): Buffer =>
  element(0x80 | number, content);

/** Seconds exact; the form that RFC 5280 wants for the year. */
export function time(date: Date): Buffer {
  const text = `${date.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`;
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(text.slice(2), 'latin1'))
    : element(0x18, Buffer.from(text, 'latin1'));
}
